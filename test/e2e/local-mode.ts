// Local mode as a child process, for tests from outside: people on its GitHub, its cluster, its pages.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "../../src/kube/client.ts";
import type { Kube } from "../../src/kube/port.ts";
import { type Person, person } from "../../src/local/demo/person.ts";
import { type DemoPerson, ORG, REPO } from "../../src/local/demo/seed.ts";
import { PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";

const CUTWATER = join(import.meta.dirname, "..", "..", "bin", "cutwater");

/** undefined where there is none: tests that need it are skipped then. */
export const BROWSER = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);
export const BROWSER_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-sync",
];

export interface LocalMode {
  data: string;
  deck: string;
  github: string;
  people: Record<DemoPerson, Person>;
  kube: Kube;
  webhookSecret: string;
  output(): string;
  jobs(): Promise<ProwJob[]>;
  /** Asks it to stop, or kills it; resolves to the exit code. */
  stop(signal?: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<number | null>;
  /** Also removes the data. */
  end(): Promise<void>;
}

/** A free range of ports is not looked for: every test file has a port of its own. */
export async function startLocalMode(
  port: number,
  data = mkdtempSync(join(tmpdir(), "cutwater-e2e-")),
): Promise<LocalMode> {
  const args = [
    "up",
    "--local",
    "--no-demo",
    "--data",
    data,
    "--port",
    String(port),
    "--operator-port",
    String(port + 3),
  ];
  const child = spawn(CUTWATER, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const deck = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Stop(`it ended with ${child.exitCode}:\n${output}`);
    return (await fetch(`http://127.0.0.1:${port + 3}/healthz/ready`)).ok;
  });
  const { tokens, webhookSecret, kubeToken } = JSON.parse(readFileSync(join(data, "secrets.json"), "utf8"));
  const github = `http://127.0.0.1:${port + 1}`;
  const at = { url: github, org: ORG, repo: REPO };
  const people = Object.fromEntries(
    Object.entries(tokens as Record<DemoPerson, string>).map(([login, token]) => [
      login,
      person(login, token, at),
    ]),
  ) as Record<DemoPerson, Person>;
  const kube = connect({
    server: `http://127.0.0.1:${port + 2}`,
    authorization: async () => `Bearer ${kubeToken}`,
  });
  const stop = (signal: NodeJS.Signals = "SIGTERM") => ended(child, signal);
  return {
    ...{ data, deck, github, people, kube, webhookSecret, stop },
    output: () => output,
    jobs: async () => (await kube.read.list(PROW_JOB)).items,
    async end() {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await new Promise((done) => child.once("exit", done));
  }
  return child.exitCode;
}

/** Waiting is useless. */
class Stop extends Error {}

export async function until(condition: () => Promise<boolean>, what = "it", seconds = 45): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      if (error instanceof Stop) throw error;
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`${what} did not happen within ${seconds} s`, { cause: last });
    await pause(50);
  }
}
