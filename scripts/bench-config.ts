// Prints how long Kubernetes' own configuration takes to load, beside real Prow's loader on the same files in the same
// run: from nothing, with the cache of an earlier process, after one file changed; the memory; checkconfig in all.
//   npm run bench:config [-- PAIRS]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { figure } from "./figure.ts";

const root = join(import.meta.dirname, "..");
const shared = join(root, "..", "shared");
const pairs = Number(process.argv[2] ?? 7);

/** Where the goals were written, and nothing else ran, Prow's loader took so long: seconds. */
const QUIET_PROW = 0.76;

/** A time beside its goal, and as a share of what Prow's loader took in this run: a slow or busy machine slows both. */
function time(words: string, name: string, seconds: number, goal: number, prow: number): void {
  figure(words, name, seconds, "s", { most: goal });
  figure(`${words}, as a share of Prow's load`, `${name}-ratio`, seconds / prow, "of Prow's", {
    most: goal / QUIET_PROW,
  });
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

function stop(message: string): never {
  console.error(`bench:config: ${message}`);
  process.exit(1);
}

const corpus = join(shared, "corpus", "kubernetes");
const unpack = join(shared, "bin", "unpack.sh");
for (const path of [corpus, unpack]) if (!existsSync(path)) stop(`${path} is missing`);
const unpacked = spawnSync(unpack, [], { encoding: "utf8" });
if (unpacked.status !== 0) stop(`${unpack} failed: ${unpacked.stderr}`);
const prowJobs = join(unpacked.stdout.trim(), "prow-jobs");

const temporary = mkdtempSync(join(tmpdir(), "cutwater-bench-"));
try {
  // A copy, since one of its files is changed.
  const copy = join(temporary, "kubernetes");
  spawnSync("cp", ["-r", corpus, copy]);
  spawnSync("chmod", ["-R", "u+w", copy]);
  await loads(["config.yaml", "jobs", "plugins.yaml"].map((name) => join(copy, name)));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

async function loads(files: string[]): Promise<void> {
  const filled = join(temporary, "filled");
  await load(files, filled);
  const runs = {
    prow: [] as number[],
    cold: [] as Load[],
    warm: [] as Load[],
    check: [] as number[],
    again: [] as number[],
  };
  for (let i = 0; i < pairs; i++) {
    const empty = join(temporary, `empty-${i}`);
    runs.prow.push(await prow(files));
    runs.cold.push(await load(files, empty));
    runs.warm.push(await load(files, filled));
    runs.check.push(checkconfig(files, join(temporary, `home-${i}`)));
    runs.again.push(checkconfig(files, join(temporary, `home-${i}`)));
  }
  const seconds = (list: readonly Load[]): number => median(list.map((one) => one.seconds));
  const all = (list: readonly Load[]): number => median(list.map((one) => one.process));
  const goal = median(runs.prow);
  const [cold, warm] = [seconds(runs.cold), seconds(runs.warm)];
  console.log(
    `Medians of ${pairs} runs each, by turns. Prow's loader, config and jobs: ${goal.toFixed(3)} s`,
  );
  figure("Cold load of config, jobs and plugins, empty cache", "config-cold", cold, "s", { most: goal });
  figure("The same as a share of Prow's", "config-cold-ratio", cold / goal, "of Prow's", { most: 1 });
  const peak = median(runs.cold.map((one) => one.peak));
  figure("Resident at most in that process", "config-resident", peak, "MB", { most: 200 });
  time("Warm load, cache of an earlier process", "config-warm", warm, 0.3, goal);
  console.log(
    `Whole processes until then: cold ${all(runs.cold).toFixed(3)} s, warm ${all(runs.warm).toFixed(3)} s`,
  );
  const { reloadMs } = await load(files, filled, 15);
  figure("Reload after one file changed", "config-reload", median(reloadMs), "ms", { most: 50 });
  time("checkconfig in all, nothing cached", "checkconfig", median(runs.check), 1.5, goal);
  time("checkconfig in all, run again", "checkconfig-again", median(runs.again), 1.5, goal);
}

interface Load {
  seconds: number;
  /** From the start of the process. */
  process: number;
  /** MB. */
  peak: number;
  reloadMs: number[];
}

/** In a process of its own, with the options that bin/cutwater gives Node. */
async function load(files: string[], cache: string, reloads = 0): Promise<Load> {
  const script = join(root, "scripts", "bench-config-load.ts");
  const args = ["--max-semi-space-size=8", "--disable-warning=ExperimentalWarning", script];
  return JSON.parse(await outputOf(process.execPath, [...args, ...files, cache, String(reloads)]));
}

function outputOf(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command} ended with ${code}`)),
    );
  });
}

/** The seconds that it prints itself; what it does after loading is not waited for. */
function prow([config = "", jobs = ""]: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(prowJobs, [config, jobs], { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    let seconds: number | undefined;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (seconds !== undefined) return;
      errors += text;
      const found = /load seconds ([\d.]+)\n/.exec(errors);
      if (!found) return;
      seconds = Number(found[1]);
      child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => (seconds === undefined ? reject(new Error(errors)) : resolve(seconds)));
  });
}

/** Seconds of the whole command as a user runs it, who keeps caches under `home`. */
function checkconfig([config = "", jobs = "", plugins = ""]: string[], home: string): number {
  const args = ["--config-path", config, "--job-config-path", jobs, "--plugin-config", plugins];
  const started = performance.now();
  const { status, stderr } = spawnSync(join(root, "bin", "cutwater"), ["checkconfig", ...args], {
    env: { ...process.env, XDG_CACHE_HOME: home },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`checkconfig ended with ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}
