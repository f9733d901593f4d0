// Runs the wrapped command until it ends, runs into its timeout, or is interrupted.
import { type ChildProcess, spawn } from "node:child_process";
import type { Clock } from "../lib/clock.ts";
import { formatDuration } from "../lib/duration.ts";
import { inTime } from "../lib/waiting/in-time.ts";
import type { EntrypointOptions } from "../model/utility-options.ts";
import { ABORTED, INTERNAL_ERROR } from "./marker.ts";
import type { ProcessLog } from "./process-log.ts";
import type { Env, StopSignal } from "./utility.ts";

const DEFAULT_TIMEOUT_NS = 2 * 3600 * 1e9;
const DEFAULT_GRACE_NS = 15 * 1e9;

export interface Interrupt {
  /** The first signal. */
  first: Promise<StopSignal>;
  stop(): void;
}

interface Outcome {
  code: number;
  error?: string;
}
type Ending =
  | { kind: "exited"; code: number }
  | { kind: "timeout" }
  | { kind: "interrupted"; signal: StopSignal };

/** Never rejects for what the command does. Its exit code is -1 when a signal ended it, as in Go. */
export async function runWrapped(
  options: EntrypointOptions,
  env: Env,
  log: ProcessLog,
  interrupt: Interrupt,
  clock: Clock,
): Promise<Outcome> {
  const [command = "", ...args] = options.args ?? [];
  const child = spawn(command, args, { env, stdio: ["inherit", "pipe", "pipe"] });
  child.stdout.on("data", log.write);
  child.stderr.on("data", log.write);
  const failure = await new Promise<Error | undefined>((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.once("error", resolve);
  });
  if (failure) {
    const error = `could not start the process: ${startError(command, failure)}`;
    log.write(error);
    return { code: INTERNAL_ERROR, error };
  }
  // As in Go, the end is when nobody holds its output any more, so that none of it is lost.
  const over = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const timeout = options.timeout || DEFAULT_TIMEOUT_NS;
  const ending = await firstEnding(over, timeout / 1e6, interrupt, clock);
  if (ending.kind === "exited") {
    const { code } = ending;
    return { code, ...(code !== 0 && { error: `wrapped process failed: exit status ${code}` }) };
  }
  const said =
    ending.kind === "timeout"
      ? `Process did not finish before ${formatDuration(BigInt(timeout))} timeout`
      : `Entrypoint received interrupt: ${ending.signal === "SIGINT" ? "interrupt" : "terminated"}`;
  log.say("error", said);
  const signals: StopSignal[] = ending.kind === "timeout" ? ["SIGINT"] : ["SIGINT", ending.signal];
  const own = await terminate(child, over, signals, options.grace_period || DEFAULT_GRACE_NS, log, clock);
  const [code, error] =
    ending.kind === "timeout" ? [INTERNAL_ERROR, "process timed out"] : [ABORTED, "process aborted"];
  return { code: options.propagate_error_code ? own : code, error };
}

async function firstEnding(
  over: Promise<number>,
  timeoutMs: number,
  interrupt: Interrupt,
  clock: Clock,
): Promise<Ending> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      over.then((code): Ending => ({ kind: "exited", code })),
      clock.sleep(timeoutMs, settled.signal).then((): Ending => ({ kind: "timeout" })),
      interrupt.first.then((signal): Ending => ({ kind: "interrupted", signal })),
    ]);
  } finally {
    settled.abort();
  }
}

/** Asks, waits for the grace period, then kills. */
async function terminate(
  child: ChildProcess,
  over: Promise<number>,
  signals: StopSignal[],
  graceNs: number,
  log: ProcessLog,
  clock: Clock,
): Promise<number> {
  for (const signal of signals) child.kill(signal);
  const grace = formatDuration(BigInt(graceNs));
  const code = await inTime(over, graceNs / 1e6, clock);
  if (code !== "late") {
    log.say("error", `Process gracefully exited before ${grace} grace period`);
    return code;
  }
  log.say("error", `Process did not exit before ${grace} grace period`);
  child.kill("SIGKILL");
  child.stdout?.destroy();
  child.stderr?.destroy();
  return -1;
}

/** Go's words for the usual mistakes. */
function startError(command: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") {
    return command.includes("/")
      ? `fork/exec ${command}: no such file or directory`
      : `exec: ${JSON.stringify(command)}: executable file not found in $PATH`;
  }
  if (error.code === "EACCES") return `fork/exec ${command}: permission denied`;
  return error.message;
}
