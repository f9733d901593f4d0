// The real process as a Host.
import { constants } from "node:os";
import { systemClock } from "../../lib/clock.ts";
import type { Host } from "../command.ts";
import { type Failpoints, parseFailpoints } from "./failpoints.ts";

export const processHost = (): Host => {
  let stop: AbortSignal | undefined;
  let failpoints: { set: Failpoints | undefined } | undefined;
  // Meant by bin/cutwater for this process, not for those that it starts.
  delete process.env["NODE_COMPILE_CACHE"];
  return {
    env: process.env,
    cwd: process.cwd(),
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    errIsTerminal: process.stderr.isTTY === true,
    outIsTerminal: process.stdout.isTTY === true,
    onWarning(listener) {
      // Node's own listener would print them as text.
      process.removeAllListeners("warning");
      process.on("warning", (warning) => {
        if (warning.name !== "ExperimentalWarning") listener(warning);
      });
    },
    clock: systemClock,
    random: Math.random,
    // Signals are caught only for those who ask: others, such as the pod utilities, have rules of their own.
    get signal() {
      stop ??= stopSignal();
      return stop;
    },
    // Once, so that all that is counted is counted together.
    get failpoints() {
      const kill = (point: string) => {
        process.stderr.write(`FAILPOINT ${point}: killed\n`);
        process.kill(process.pid, "SIGKILL");
      };
      failpoints ??= { set: parseFailpoints(process.env["FAILPOINT"], { clock: systemClock, kill }) };
      return failpoints.set;
    },
  };
};

/** Whoever reads the output has enough, as `| head` has: end as programs do that SIGPIPE ends, which Node ignores. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(128 + constants.signals.SIGPIPE);
  });
}

/** One wish to stop may arrive twice: to the whole group, and passed on by npm and by the script that started us. */
const SAME_WISH_MS = 300;

/** The first SIGINT or SIGTERM asks for a graceful stop, the second ends the process. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let asked = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (stop.signal.aborted && now - asked > SAME_WISH_MS) process.exit(130);
      if (!stop.signal.aborted) asked = now;
      stop.abort();
    });
  }
  return stop.signal;
}
