// Local mode's own copy of config/, with this world's addresses in it: it can be edited while Cutwater runs.
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readJSON } from "../process/read-json.ts";

export interface LocalAddresses {
  /** Pages and webhooks. */
  deck: string;
  github: string;
  kubernetes: string;
}

/** What config/ says, for someone who reads it there. */
const WRITTEN: LocalAddresses = {
  deck: "http://localhost:8080",
  github: "http://localhost:8081",
  kubernetes: "http://localhost:8082",
};

const SOURCE = new URL("../../../config/", import.meta.url);

/** Made once and then left alone, but for addresses that have changed since the last run. Returns the directory. */
export async function localConfig(directory: string, addresses: LocalAddresses): Promise<string> {
  const target = join(directory, "config");
  const record = join(directory, "addresses.json");
  const before = await readJSON<LocalAddresses>(record);
  if (!before) {
    for (const name of ["config.yaml", "plugins.yaml", "jobs"]) {
      await cp(new URL(name, SOURCE), join(target, name), { recursive: true });
    }
  }
  await readdress(target, before ?? WRITTEN, addresses);
  await writeFile(record, JSON.stringify(addresses));
  return target;
}

async function readdress(target: string, from: LocalAddresses, to: LocalAddresses): Promise<void> {
  if (JSON.stringify(from) === JSON.stringify(to)) return;
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  for (const file of entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))) {
    const text = await readFile(file, "utf8");
    // In one pass: the new address of one part may be the old one of another.
    const old = new RegExp(Object.values(from).map(RegExp.escape).join("|"), "g");
    const changed = text.replace(old, (found) => to[nameOf(from, found)]);
    if (changed !== text) await writeFile(file, changed);
  }
}

const nameOf = (addresses: LocalAddresses, address: string): keyof LocalAddresses =>
  (Object.keys(addresses) as (keyof LocalAddresses)[]).find((name) => addresses[name] === address)!;
