// A secret comes from a file: command lines are for all to read.
import { readFile } from "node:fs/promises";
import { UsageError } from "../../lib/flags.ts";

export async function secretFile(path: string, flag: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw new UsageError(`--${flag}=${path} cannot be read: ${(error as Error).message}`);
  }
}
