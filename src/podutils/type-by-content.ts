// What the first bytes of a file look like, as Go's net/http tells it: the storage libraries of upstream name contents so.

const TEXT = "text/plain; charset=utf-8";
/** A byte of a pattern that may be anything. */
const ANY = "\u0100";
const BYTES = 512;

const bytes = (head: Uint8Array): string => Buffer.from(head).toString("latin1");

const TAGS = [
  ...["<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV", "<FONT", "<TABLE", "<A"],
  ...["<STYLE", "<TITLE", "<B", "<BODY", "<BR", "<P", "<!--"],
];

/** In Go's order: the first that fits counts. */
const SIGNATURES: readonly [start: string, type: string][] = [
  ["%PDF-", "application/pdf"],
  ["%!PS-Adobe-", "application/postscript"],
  [`\xfe\xff${ANY}${ANY}`, "text/plain; charset=utf-16be"],
  [`\xff\xfe${ANY}${ANY}`, "text/plain; charset=utf-16le"],
  [`\xef\xbb\xbf${ANY}`, TEXT],
  ["\0\0\x01\0", "image/x-icon"],
  ["\0\0\x02\0", "image/x-icon"],
  ["BM", "image/bmp"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  [`RIFF${ANY.repeat(4)}WEBPVP`, "image/webp"],
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  [`FORM${ANY.repeat(4)}AIFF`, "audio/aiff"],
  ["ID3", "audio/mpeg"],
  ["OggS\0", "application/ogg"],
  ["MThd\0\0\0\x06", "audio/midi"],
  [`RIFF${ANY.repeat(4)}AVI `, "video/avi"],
  [`RIFF${ANY.repeat(4)}WAVE`, "audio/wave"],
  ["\x1a\x45\xdf\xa3", "video/webm"],
  [`${ANY.repeat(34)}LP`, "application/vnd.ms-fontobject"],
  ["\0\x01\0\0", "font/ttf"],
  ["OTTO", "font/otf"],
  ["ttcf", "font/collection"],
  ["wOFF", "font/woff"],
  ["wOF2", "font/woff2"],
  ["\x1f\x8b\x08", "application/x-gzip"],
  ["PK\x03\x04", "application/zip"],
  ["Rar!\x1a\x07\0", "application/x-rar-compressed"],
  ["Rar!\x1a\x07\x01\0", "application/x-rar-compressed"],
  ["\0asm", "application/wasm"],
];

export function typeByContent(head: Uint8Array): string {
  const text = bytes(head.subarray(0, BYTES));
  const trimmed = text.replace(/^[\t\n\f\r ]+/, "");
  if (isMarkup(trimmed)) return "text/html; charset=utf-8";
  if (trimmed.startsWith("<?xml")) return "text/xml; charset=utf-8";
  const known = SIGNATURES.find(([start]) => fits(text, start));
  if (known) return known[1];
  if (isMP4(head.subarray(0, BYTES))) return "video/mp4";
  return hasControls(head.subarray(0, BYTES)) ? "application/octet-stream" : TEXT;
}

/** A tag counts when it ends there. */
function isMarkup(trimmed: string): boolean {
  const upper = trimmed.slice(0, 16).toUpperCase();
  return TAGS.some((tag) => upper.startsWith(tag) && [" ", ">"].includes(trimmed[tag.length] ?? ""));
}

const fits = (text: string, start: string): boolean =>
  text.length >= start.length && [...start].every((byte, at) => byte === ANY || text[at] === byte);

function isMP4(head: Uint8Array): boolean {
  if (head.length < 12) return false;
  const size = Buffer.from(head).readUInt32BE(0);
  const text = bytes(head);
  if (size % 4 !== 0 || head.length < size || text.slice(4, 8) !== "ftyp") return false;
  // The brands of the box; at 12 stands a version.
  for (let at = 8; at < size; at += 4) if (at !== 12 && text.startsWith("mp4", at)) return true;
  return false;
}

const hasControls = (head: Uint8Array): boolean =>
  head.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
