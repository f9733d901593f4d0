// What the code that reads configurations is at: answers kept by another state of it are of no use.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The rooms that take part in decoding a file. */
const ROOMS = ["config", "lib", "model"];

/** A digest of their files, of the versions of the packages, and of Node's. */
export function codeVersion(): string {
  const digest = createHash("sha256").update(process.version);
  const source = join(import.meta.dirname, "..");
  for (const room of ROOMS) {
    const entries = readdirSync(join(source, room), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    for (const path of files.map(({ name, parentPath }) => join(parentPath, name)).sort())
      digest.update(relative(source, path)).update(readFileSync(path));
  }
  return digest
    .update(readFileSync(join(source, "..", "package.json")))
    .digest("base64url")
    .slice(0, 22);
}
