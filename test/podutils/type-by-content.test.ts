// What the first bytes of a file look like, as upstream's storage libraries tell it (net/http of Go).
import { expect, test } from "vitest";
import { typeByContent } from "../../src/podutils/type-by-content.ts";

test.each([
  ["", "text/plain; charset=utf-8"],
  ["a line\n", "text/plain; charset=utf-8"],
  ["\x1b[1mbold", "text/plain; charset=utf-8"],
  ["a\0b", "application/octet-stream"],
  [" \n<HTML>", "text/html; charset=utf-8"],
  ["<b>x", "text/html; charset=utf-8"],
  ["<bx", "text/plain; charset=utf-8"],
  ["<?xml?>", "text/xml; charset=utf-8"],
  ["%PDF-1.7", "application/pdf"],
  ["\xff\xfea\0", "text/plain; charset=utf-16le"],
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["RIFF1234WEBPVP8", "image/webp"],
  ["RIFF1234WEB", "text/plain; charset=utf-8"],
  ["PK\x03\x04", "application/zip"],
  ["\x1f\x8b\x08", "application/x-gzip"],
  ["\0\0\0\x10ftypmp42\0\0\0\0", "video/mp4"],
  ["\0\0\0\x14ftypisom\0\0\0\0mp41", "video/mp4"],
  ["\0\0\0\x10ftypisommp41", "application/octet-stream"],
])("%j is %s", (head, type) => {
  expect(typeByContent(Buffer.from(head, "latin1"))).toBe(type);
});
