// A JSON file of our own, if it has been written yet.
import { readFile } from "node:fs/promises";

/** undefined when there is no such file. */
export async function readJSON<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
