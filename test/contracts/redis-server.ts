// A real Redis for tests, on this machine only, that can be killed, stopped, and started again on its files.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

export interface RedisServer {
  port: number;
  url: string;
  /** kill -9. Resolves when it is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Its connections stay, and nothing is answered. */
  pause(): void;
  resume(): void;
  dispose(): Promise<void>;
}

export interface RedisOptions {
  /** Default: a free one. */
  at?: number | undefined;
  env?: Record<string, string>;
  /** A program that runs it. */
  through?: string[];
}

/** Nothing that was answered is lost. */
export const DURABLE = ["--appendonly", "yes", "--appendfsync", "always"];

export const redisServer = (at?: number, ...settings: string[]): Promise<RedisServer> =>
  redisServerWith({ at }, ...settings);

export async function redisServerWith(
  { at, env = {}, through = [] }: RedisOptions,
  ...settings: string[]
): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-redis-"));
  const port = at ?? (await freePort());
  const own = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", directory, "--save", "", ...settings];
  const [program = "", ...words] = [...through, "redis-server", ...own];
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    server = spawn(program, words, {
      // Were its stderr the test's, whoever waits for the test's output would wait for a server that was left behind.
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let output = "";
    server.stderr!.on("data", (chunk) => {
      output += chunk;
    });
    for await (const chunk of server.stdout!) {
      output += chunk;
      if (output.includes("Ready to accept connections")) return void server.stdout!.resume();
    }
    throw new Error(`Redis has ended:\n${output}`);
  }

  async function kill(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    pause: () => void server?.kill("SIGSTOP"),
    resume: () => void server?.kill("SIGCONT"),
    async dispose() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
