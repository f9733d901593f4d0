// The files that an item of artifacts stands for.
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { pathWithoutEndSlashes } from "../lib/without-end-slashes.ts";
import { type Place, trueDirectory, type Volumes } from "./plain-file.ts";

export interface ArtifactFile extends Place {
  /** Below the item; "" when the item is the file. */
  path: string;
}

/**
 * An item is a file or a directory; the files below a directory come in order. A link is followed only where it stays
 * within its own item: elsewhere it could point at a secret. Rejects for an item that is not there or is itself a
 * link; `warn` hears of what is left out below it.
 */
export async function artifactFiles(
  named: string,
  volumes: Volumes,
  warn: (message: string) => void,
): Promise<ArtifactFile[]> {
  const item = pathWithoutEndSlashes(named);
  const info = await lstat(item);
  const parent = await trueDirectory(dirname(item), volumes);
  if (info.isSymbolicLink()) throw new Error("it is a link, which is not followed");
  const top = join(parent, basename(item));
  if ((await realpath(item)) !== top) throw new Error("it is reached by a link below its volume");
  if (info.isFile()) return [{ path: "", file: item, directory: parent }];
  if (!info.isDirectory()) throw new Error("it is neither a file nor a directory");
  const walk = async (directory: string): Promise<ArtifactFile[]> => {
    const entries = await readdir(directory).catch((error: Error) => {
      warn(`${directory} is left out: ${error.message}`);
      return [];
    });
    const found: ArtifactFile[] = [];
    for (const name of entries.sort()) {
      const path = join(directory, name);
      const kind = await lstat(path).catch(() => undefined);
      const file = kind?.isFile() ? path : kind?.isSymbolicLink() && (await linkedWithin(top, path));
      if (kind?.isDirectory()) found.push(...(await walk(path)));
      else if (file) found.push({ path: relative(item, path), file, directory: top });
      else warn(`${path} is left out: it is neither a file nor a link to one in ${item}`);
    }
    return found;
  };
  return await walk(item);
}

/** The file that a link stands for. */
async function linkedWithin(top: string, link: string): Promise<string | undefined> {
  const target = await realpath(link).catch(() => undefined);
  const inside = target?.startsWith(top + sep) && (await stat(target)).isFile();
  return inside ? target : undefined;
}
