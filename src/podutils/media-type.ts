// Content types of uploaded files by their names, as Go's mime package knows them.
import { extname } from "node:path";

const TEXT = "text/plain; charset=utf-8";

const BY_EXTENSION: Record<string, string> = {
  avif: "image/avif",
  css: "text/css; charset=utf-8",
  gif: "image/gif",
  htm: "text/html; charset=utf-8",
  html: "text/html; charset=utf-8",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  log: TEXT,
  mjs: "text/javascript; charset=utf-8",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: TEXT,
  wasm: "application/wasm",
  webp: "image/webp",
  xml: "text/xml; charset=utf-8",
};

export interface NamedType {
  /** The name without `.gz` when that becomes the encoding. */
  name: string;
  contentType?: string;
  contentEncoding?: "gzip";
}

/** `build-log.txt.gz` is text, stored compressed, under the name build-log.txt. `extra` are a job's `mediaTypes`. */
export function typeByName(filename: string, extra: Record<string, string> = {}): NamedType {
  const known = (name: string): string | undefined => {
    const extension = extname(name).slice(1);
    const own = extra[extension];
    // Go takes text without a charset for UTF-8.
    if (own?.startsWith("text/") && !own.includes("charset=")) return `${own}; charset=utf-8`;
    return own ?? BY_EXTENSION[extension];
  };
  const compressed = /^(.*)\.(?:gz|gzip)$/s.exec(filename)?.[1];
  if (compressed === undefined) {
    const contentType = known(filename);
    return { name: filename, ...(contentType && { contentType }) };
  }
  // What is left of `.gz` or `...gz` names no file, but a directory.
  if (/(^|\/)\.{0,2}$/.test(compressed)) return { name: filename, contentType: "application/gzip" };
  const contentType = known(compressed);
  if (!contentType) return { name: compressed, contentType: "application/gzip" };
  return { name: compressed, contentType, contentEncoding: "gzip" };
}

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08;
export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && (head[2] ?? 0) < 9;
