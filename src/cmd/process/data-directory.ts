// The data directory: it holds keys, tokens and a cluster's secrets, so nobody else on the machine may look into it.
import { access, chmod, constants, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../../lib/flags.ts";

const OWNER_ONLY = 0o700;

/** Makes it if need be. Throws UsageError when it cannot be used. */
export async function openDataDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(resolve(directory));
    // A pod's volume belongs to somebody else, and nobody else looks into it.
    await chmod(directory, OWNER_ONLY).catch(() => {});
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(
      `--data=${directory} cannot be used: ${(error as Error).message}; name a directory that can be written to`,
    );
  }
}

/** Not node's own `recursive`: it never returns where a file system refuses with ENOENT, as /proc does. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: OWNER_ONLY });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    const parent = dirname(directory);
    const parentIsMissing = code === "ENOENT" && !(await exists(parent));
    if (!parentIsMissing) throw error;
    await makeDirectory(parent);
    await mkdir(directory, { mode: OWNER_ONLY });
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Runs `use` while no other process has the directory. The system drops the lock with the process, however that ends,
 * so there is none that is stale. Throws UsageError when another Cutwater has it.
 */
export async function aloneIn<T>(directory: string, use: () => Promise<T>): Promise<T> {
  const owner = join(directory, "cutwater.pid");
  const lock = new DatabaseSync(join(directory, "lock.db"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch {
    lock.close();
    const pid = await readFile(owner, "utf8").catch(() => "unknown");
    throw new UsageError(`${directory} is in use by another Cutwater (pid ${pid.trim()})`);
  }
  try {
    await writeFile(owner, `${process.pid}\n`);
    return await use();
  } finally {
    lock.close();
  }
}
