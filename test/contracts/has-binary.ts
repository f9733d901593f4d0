// Whether the program of a real server is there for a test.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export const hasBinary = (name: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((directory) => existsSync(join(directory, name)));
