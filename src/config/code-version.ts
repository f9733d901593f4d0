// What the code that reads configurations is at: answers kept by another state of it are of no use.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The rooms that take part in decoding a file. */
const ROOMS = ["config", "lib", "model"];

/** A digest of their files, of the versions of the packages, and of Node's. */
export function codeVersion(): string {
  const digest = createHash("sha256").update(process.version);
  const source = join(import.meta.dirname, "..");
  for (const room of ROOMS) {
    for (const name of readdirSync(join(source, room)).sort()) {
      digest.update(name).update(readFileSync(join(source, room, name)));
    }
  }
  return digest
    .update(readFileSync(join(source, "..", "package.json")))
    .digest("base64url")
    .slice(0, 22);
}
