// Answers in files, which survive a restart: one directory for each partition, the least recently used file goes first.
import { hash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../lib/clock.ts";
import { once } from "../lib/kept/once.ts";
import { timestamp } from "../lib/timestamp.ts";
import type { Store } from "./proxy.ts";

export interface DiskOptions {
  directory: string;
  /** Of one partition. */
  maxBytes: number;
  clock: Pick<Clock, "now">;
}

/** As Prow's, so that either prunes what the other left. */
const METADATA = ".cache_metadata.json";
/** The whole cache is one partition then. */
const UNDIVIDED = "";
const LARGEST_PART = 4;

export interface Partition {
  name: string;
  expiresAt: Date | undefined;
}

export function diskStore(options: DiskOptions, partition: Partition | undefined): Store {
  const { directory, maxBytes } = options;
  const name = partition?.name ?? UNDIVIDED;
  const [data, temporary] = ["data", "temp"].map((kind) => join(directory, kind, name)) as [string, string];
  let total = 0;

  /** Once there is something to keep: whoever makes tokens up makes no directories. */
  const directories = once(async () => {
    await Promise.all([data, temporary].map((place) => mkdir(place, { recursive: true })));
    if (!partition?.expiresAt) return;
    const text = JSON.stringify({ expires_at: timestamp(partition.expiresAt) });
    await Promise.all([data, temporary].map((place) => writeFile(join(place, METADATA), text)));
  });

  async function open(): Promise<Map<string, number>> {
    const files = await Promise.all(
      (await readdir(data, { withFileTypes: true }).catch(nothingYet))
        .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
        .map(async (entry) => ({ name: entry.name, ...(await sizeAndTime(join(data, entry.name))) })),
    );
    files.sort((a, b) => a.time - b.time);
    total = files.reduce((sum, { size }) => sum + size, 0);
    return new Map(files.map(({ name: file, size }) => [file, size]));
  }
  const sizes = once(open);

  async function makeRoom(known: Map<string, number>): Promise<void> {
    while (total > maxBytes) {
      const oldest = known.keys().next().value;
      if (oldest === undefined) return;
      total -= known.get(oldest) ?? 0;
      known.delete(oldest);
      await rm(join(data, oldest), { force: true });
    }
  }

  return {
    async get(key) {
      const file = fileOf(key);
      const known = await sizes();
      const size = known.get(file);
      if (size === undefined) return undefined;
      // Last in the order of the map: last to go.
      known.delete(file);
      known.set(file, size);
      return readFile(join(data, file), "utf8").catch(() => undefined);
    },
    async put(key, value) {
      const file = fileOf(key);
      const known = await sizes();
      total -= known.get(file) ?? 0;
      known.delete(file);
      const size = Buffer.byteLength(value);
      if (size > maxBytes / LARGEST_PART) {
        await rm(join(data, file), { force: true });
        return;
      }
      known.set(file, size);
      total += size;
      await directories();
      const draft = join(temporary, randomUUID());
      await writeFile(draft, value);
      await rename(draft, join(data, file));
      await makeRoom(known);
    },
  };
}

function nothingYet(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}

const fileOf = (key: string): string => hash("sha256", key);

async function sizeAndTime(path: string): Promise<{ size: number; time: number }> {
  const { size, mtimeMs } = await stat(path);
  return { size, time: mtimeMs };
}

/** Removes the partitions of tokens that are over. Returns their names. */
export async function prune(directory: string, now: Date): Promise<string[]> {
  const gone = new Set<string>();
  for (const kind of ["data", "temp"]) {
    const base = join(directory, kind);
    const entries = await readdir(base, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isDirectory() || !(await isOver(join(base, entry.name), now))) continue;
      await rm(join(base, entry.name), { recursive: true, force: true });
      gone.add(entry.name);
    }
  }
  return [...gone];
}

async function isOver(partition: string, now: Date): Promise<boolean> {
  try {
    const { expires_at } = JSON.parse(await readFile(join(partition, METADATA), "utf8")) as {
      expires_at?: string;
    };
    return Date.parse(expires_at ?? "") <= now.getTime();
  } catch {
    return false;
  }
}
