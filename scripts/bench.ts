// Prints the figures that the whole is held to: how soon it is ready, how soon a pull request is merged, its memory, its tests.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { person } from "../src/local/demo/person.ts";
import { ORG, REPO } from "../src/local/demo/seed.ts";
import { figure } from "./figure.ts";

const root = join(import.meta.dirname, "..");
const cutwater = join(root, "bin", "cutwater");
const PORT = 28080;
const temporary = mkdtempSync(join(tmpdir(), "cutwater-bench-"));
try {
  await wholeDemo();
  await onePullRequest();
  tests();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

async function wholeDemo(): Promise<void> {
  const report = join(temporary, "report.json");
  const started = performance.now();
  const child = up("--demo", "--exit", "--report", report, "--port", String(PORT));
  const peak = await watchMemory(child);
  if (child.exitCode !== 0) throw new Error(`the demo ended with ${child.exitCode}`);
  const { readyMs, residentBytes } = JSON.parse(readFileSync(report, "utf8"));
  figure("From the command to every component ready", "ready", readyMs / 1000, "s", { most: 3 });
  figure("The whole demo, three pull requests", "demo", (performance.now() - started) / 1000, "s", {
    most: 60,
  });
  figure("Resident after the demo, all in one process", "resident", residentBytes / 1e6, "MB", { most: 300 });
  figure("Resident at its peak", "resident-peak", peak / 1e6, "MB", { most: 300 });
}

/** Resolves when the process has ended, to the most memory it ever had, in bytes. */
async function watchMemory(child: ChildProcess): Promise<number> {
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // Not on Linux, or it has just ended.
    }
    await pause(200);
  }
  return peak;
}

async function onePullRequest(): Promise<void> {
  const data = join(temporary, "data");
  const child = up("--no-demo", "--data", data, "--port", String(PORT));
  try {
    await until(async () => (await fetch(`http://127.0.0.1:${PORT}/`)).ok);
    const { tokens } = JSON.parse(readFileSync(join(data, "secrets.json"), "utf8"));
    const at = { url: `http://127.0.0.1:${PORT + 1}`, org: ORG, repo: REPO };
    const [ada, grace, margaret] = ["ada", "grace", "margaret"].map((login) =>
      person(login, tokens[login], at),
    );
    const started = performance.now();
    const pull = await grace!.openPull({
      title: "Say what a knot is",
      branch: "say-what",
      fromFork: false,
      path: "README.md",
      edit: (text) => `${text}\nA knot is a nautical mile an hour.\n`,
    });
    await margaret!.comment(pull.number, "/lgtm");
    await ada!.comment(pull.number, "/approve");
    await until(async () => (await grace!.pull(pull.number)).merged);
    figure(
      "A pull request from opened to merged",
      "opened-to-merged",
      (performance.now() - started) / 1000,
      "s",
      { most: 30 },
    );
  } finally {
    child.kill("SIGTERM");
    await new Promise((done) => child.once("exit", done));
  }
}

function tests(): void {
  const started = performance.now();
  const { status } = spawnSync("npm", ["test"], { cwd: root, stdio: "ignore" });
  if (status !== 0) throw new Error(`npm test ended with ${status}`);
  figure("npm test", "tests", (performance.now() - started) / 1000, "s", { most: 120 });
}

function up(...args: string[]): ChildProcess {
  return spawn(cutwater, ["up", "--local", ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    if (await condition().catch(() => false)) return;
    if (performance.now() > deadline) throw new Error("it did not happen within a minute");
    await pause(50);
  }
}
