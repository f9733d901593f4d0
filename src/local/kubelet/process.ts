// Runs one container as a process group of this machine.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { constants } from "node:os";
import type { Clock } from "../../lib/clock.ts";
import { inTime } from "../../lib/waiting/in-time.ts";
import { type LogWriter, logWriter } from "./container-log.ts";
import type { Launch, StartError } from "./launch.ts";

export interface Exit {
  /** 128 + the signal's number when a signal ended it, as container runtimes say. */
  exitCode: number;
  signal?: number;
}

export interface RunningProcess {
  pid: number;
  exited: Promise<Exit>;
  /** Asks the main process, which is what a container's runtime does. */
  terminate(): void;
  /** Ends the whole group at once. */
  kill(): void;
}

/** How long a process that has left the group may hold the output open after the end. */
const DRAIN_MS = 1_000;

export async function startProcess(
  launch: Launch,
  logFile: string,
  clock: Clock,
): Promise<RunningProcess | StartError> {
  await mkdir(launch.cwd, { recursive: true });
  const log = logWriter(logFile, clock);
  const [command = "", ...args] = launch.argv;
  const child = spawn(command, args, {
    cwd: launch.cwd,
    env: launch.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk: Buffer) => log.write("stdout", chunk));
  child.stderr.on("data", (chunk: Buffer) => log.write("stderr", chunk));
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.once("error", resolve);
  });
  if (failure || child.pid === undefined) {
    await log.close();
    return { startError: startError(command, failure) };
  }
  const { pid } = child;
  return {
    pid,
    exited: ended(child, pid, log, launch, clock),
    terminate: () => child.kill("SIGTERM"),
    kill: () => killGroup(pid),
  };
}

async function ended(
  child: ChildProcess,
  pid: number,
  log: LogWriter,
  launch: Launch,
  clock: Clock,
): Promise<Exit> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const exit = await new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => {
      const number = signal ? constants.signals[signal] : undefined;
      resolve(number === undefined ? { exitCode: code ?? 1 } : { exitCode: 128 + number, signal: number });
    });
  });
  // As in a container, the end of the main process is the end of all.
  killGroup(pid);
  await inTime(closed, DRAIN_MS, clock);
  child.stdout?.destroy();
  child.stderr?.destroy();
  await log.close();
  if (launch.cleanup && exit.signal) await run(launch.cleanup, launch.env);
  return exit;
}

function run([command = "", ...args]: string[], env: Record<string, string>): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: "ignore" });
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
}

export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}

/** In runc's words. */
function startError(command: string, error?: NodeJS.ErrnoException): string {
  const name = `exec: ${JSON.stringify(command)}`;
  if (error?.code === "ENOENT") {
    return command.includes("/")
      ? `${name}: stat ${command}: no such file or directory`
      : `${name}: executable file not found in $PATH`;
  }
  if (error?.code === "EACCES") return `${name}: permission denied`;
  return `${name}: ${error?.message ?? "can not be started"}`;
}

/** Tells a process from a later one of the same id: when it started, in the kernel's ticks. undefined when gone. */
export async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name in parentheses may hold anything; the fields after it are plain.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
