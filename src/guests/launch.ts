// Starts the process of a guest: nothing of our environment, no file but its own code, no program of its own, little memory.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { constants, setPriority } from "node:os";
import { dirname, extname, join } from "node:path";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { AppFile } from "./resolve.ts";

export interface Launch {
  app: AppFile;
  env: Record<string, string>;
  /** Address of GitHub's API, for apps that look at it. */
  endpoint: string;
  /** Megabytes for its objects; what else it may take is watched. */
  heapMb: number;
}

const own = import.meta.dirname;
const entry = join(own, `process${extname(import.meta.filename)}`);
const require = createRequire(import.meta.url);

/** Its first messages may come once the caller listens. */
export function launch({ app, env, endpoint, heapMb }: Launch): ChildProcess {
  const reads = readable(app).map((path) => `--allow-fs-read=${path}`);
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heapMb}`,
      "--permission",
      ...reads,
      "--disable-warning=SecurityWarning",
      entry,
      app.file,
      withoutEndSlashes(endpoint),
    ],
    { cwd: app.root, env, stdio: ["ignore", "pipe", "pipe", "ipc"], serialization: "json" },
  );
  child.once("spawn", () => void goEasy(child.pid!));
  return child;
}

/** When the machine or the container is short of anything, the guest yields, and goes first. */
async function goEasy(pid: number): Promise<void> {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    await writeFile(`/proc/${pid}/oom_score_adj`, "1000");
  } catch {
    // Gone already, or a system without such a file: it only would have been kinder to its neighbours.
  }
}

/** Its package without hidden files (ours may lie there), the packages that it can import, and what loads it. */
function readable({ file, root }: AppFile): string[] {
  const visible = readdirSync(root).filter((name) => !name.startsWith("."));
  return [
    ...visible.map((name) => join(root, name)),
    ...[
      ...packagesAbove(file),
      ...packagesAbove(own),
      ...packagesAbove(realpathSync(require.resolve("probot"))),
    ],
    own,
    join(dirname(dirname(own)), "package.json"),
  ];
}

function packagesAbove(file: string): string[] {
  const found: string[] = [];
  for (let at = dirname(file); ; at = dirname(at)) {
    const packages = join(at, "node_modules");
    if (existsSync(packages)) found.push(realpathSync(packages));
    if (at === dirname(at)) return found;
  }
}
