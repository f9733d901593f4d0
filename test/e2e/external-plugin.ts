// An external plugin as it runs, between a GitHub of our own that sends it webhooks and a directory for its queue.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command, Host } from "../../src/cmd/command.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { parseFlags } from "../../src/lib/flags.ts";
import type { Seed } from "../../src/local/github/admin.ts";
import { freePort } from "../contracts/free-port.ts";
import { type TestGitHub, testGitHub } from "../local/github/world.ts";

export const SECRET = "hook secret";
export const lib = { owner: "acme", repo: "lib" };

export interface RunningPlugin {
  github: TestGitHub;
  /** Where it takes webhooks. */
  url: string;
  directory: string;
  log(): string;
  /** What the bot has said on an issue, without what it quotes. */
  said(number: number): Promise<string[]>;
  stop(): Promise<void>;
}

export interface Setup {
  seed?: Seed;
  /** Files of its directory, by name. */
  files?: Record<string, string>;
  /** `DIR` stands for its directory. */
  args?: string[];
  /** How it signs in; default: the token of `robot`, a member of acme. */
  signIn?(github: TestGitHub, directory: string): Promise<string[]>;
}

export const robot: Seed = {
  users: [{ login: "robot", token: "robot-token" }],
  orgs: [{ login: "acme", members: { robot: "member" } }],
};

/** Pauses of up to a minute are cut short. */
const hasty = {
  now: () => systemClock.now(),
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms > 60_000 ? ms : Math.min(ms, 20), signal),
};

export async function startPlugin(command: Command, setup: Setup = {}): Promise<RunningPlugin> {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-external-"));
  const github = await testGitHub({ extra: { ...robot, ...setup.seed } });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const files = { hmac: SECRET, token: "robot-token", ...setup.files };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const signIn = (await setup.signIn?.(github, directory)) ?? ["--github-token-path=DIR/token"];
  const args = [
    `--port=${port}`,
    "--health-port=0",
    "--metrics-port=0",
    "--dry-run=false",
    "--hmac-secret-file=DIR/hmac",
    "--data=DIR/data",
    `--github-endpoint=${github.url}`,
    `--github-graphql-endpoint=${github.url}/graphql`,
    `--github-host=${github.url}`,
    ...signIn,
    ...(setup.args ?? []),
  ].map((arg) => arg.replace("DIR", directory));
  const stop = new AbortController();
  const lines: string[] = [];
  const host: Host = {
    env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null" },
    cwd: directory,
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    errIsTerminal: false,
    onWarning: () => {},
    clock: hasty,
    random: Math.random,
    signal: stop.signal,
  };
  const ended = command.run(parseFlags(command.flags, args), host);
  await Promise.race([listening(url), ended]);
  await github.admin("seed", { hooks: [{ scope: "acme", url, secret: SECRET }] });
  return {
    github,
    url,
    directory,
    log: () => lines.join("\n"),
    async said(issue_number) {
      const { data } = await github.as("alice").issues.listComments({ ...lib, issue_number, per_page: 100 });
      const own = data.filter(({ user }) => user?.login === "robot" || user?.login.endsWith("[bot]"));
      return own.map(({ body }) => (body ?? "").split("\n\n<details>")[0] as string);
    },
    async stop() {
      stop.abort();
      await ended;
      await github.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function listening(url: string): Promise<void> {
  for (;;) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await systemClock.sleep(10);
  }
}

/** Asks until the answer is not undefined. */
export async function eventually<T>(ask: () => Promise<T | undefined>, what: () => string): Promise<T> {
  for (let tries = 0; tries < 2_000; tries++) {
    const found = await ask();
    if (found !== undefined) return found;
    await systemClock.sleep(25);
  }
  throw new Error(`this did not happen: ${what()}`);
}
