// Files of mounted secrets.
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** All below it, or the path itself. Entries that start with `..` are Kubernetes' own bookkeeping. */
export async function mountedFiles(path: string): Promise<string[]> {
  if (basename(path).startsWith("..")) return [];
  if (!(await stat(path)).isDirectory()) return [path];
  return (await Promise.all((await readdir(path)).map((name) => mountedFiles(join(path, name))))).flat();
}
