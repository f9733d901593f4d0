// Where a pod lives on disk: volumes, homes, logs, and the processes that a restarted kubelet must end.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { killGroup, processStart } from "./process.ts";

export interface PodDirectory {
  volume(name: string): string;
  /** Working directory and home of a container, apart from its volumes. */
  home(container: string): string;
  temporary(container: string): string;
  log(container: string, restart: number): string;
  /** Notes a process, so that it can be found again. */
  note(pid: number): Promise<void>;
  remove(): Promise<void>;
}

interface Notes {
  namespace: string;
  name: string;
  uid: string;
  processes: { pid: number; start?: string }[];
}

const notesFile = (directory: string, uid: string): string => join(directory, "pods", uid, "pod.json");

export async function podDirectory(
  directory: string,
  pod: { namespace: string; name: string; uid: string },
): Promise<PodDirectory> {
  const root = join(directory, "pods", pod.uid);
  const notes: Notes = { ...pod, processes: [] };
  await mkdir(join(root, "logs"), { recursive: true });
  await save(directory, notes);
  return {
    volume: (name) => join(root, "volumes", name),
    home: (container) => join(root, "containers", container, "home"),
    temporary: (container) => join(root, "containers", container, "tmp"),
    log: (container, restart) => join(root, "logs", `${container}.${restart}.log`),
    async note(pid) {
      notes.processes.push({ pid, start: await processStart(pid) });
      await save(directory, notes);
    },
    remove: () => removePod(directory, pod.uid),
  };
}

let saves = 0;

async function save(directory: string, notes: Notes): Promise<void> {
  const file = notesFile(directory, notes.uid);
  const temporary = `${file}.${++saves}.tmp`;
  await writeFile(temporary, JSON.stringify(notes));
  await rename(temporary, file);
}

/** The test may have made directories that nobody may list. */
export async function removePod(directory: string, uid: string): Promise<void> {
  await rm(join(directory, "pods", uid), { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}

/** The pods of an earlier run, after ending every process of theirs that still runs. */
export async function endEarlierRun(directory: string): Promise<Notes[]> {
  const uids = await readdir(join(directory, "pods")).catch(() => []);
  const found: Notes[] = [];
  for (const uid of uids) {
    const text = await readFile(notesFile(directory, uid), "utf8").catch(() => undefined);
    if (!text) continue;
    const notes = JSON.parse(text) as Notes;
    found.push(notes);
    for (const { pid, start } of notes.processes) {
      if (start !== undefined && (await processStart(pid)) === start) killGroup(pid);
    }
  }
  return found;
}

/** Newest log of a container, or the one before its last restart. */
export async function findLog(
  directory: string,
  uid: string,
  container: string,
  previous = false,
): Promise<string | undefined> {
  const logs = join(directory, "pods", uid, "logs");
  const names = (await readdir(logs).catch(() => [])).filter((name) => name.startsWith(`${container}.`));
  const restarts = names.map((name) => Number(name.slice(container.length + 1, -4))).filter(Number.isInteger);
  const newest = restarts.sort((a, b) => a - b).at(previous ? -2 : -1);
  return newest === undefined ? undefined : join(logs, `${container}.${newest}.log`);
}
