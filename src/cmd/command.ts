// What a command of the program is, and what the process gives it.
import type { Clock } from "../lib/clock.ts";
import type { FlagTable, Parsed } from "../lib/flags.ts";
import type { Failpoints } from "./process/failpoints.ts";

/** The process, as data: nothing below main reaches for `process`. */
export interface Host {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  out(line: string): void;
  err(line: string): void;
  /** Whether a person reads what `err` writes. */
  errIsTerminal: boolean;
  /** The same of what `out` writes. */
  outIsTerminal?: boolean;
  /** Warnings of Node's are the listener's to tell from then on. */
  onWarning(listener: (warning: Error) => void): void;
  clock: Clock;
  /** A number in [0, 1). */
  random(): number;
  /** Aborts at SIGINT or SIGTERM. */
  signal: AbortSignal;
  /** Where this process is to fail on purpose; reading it throws UsageError when $FAILPOINT cannot be meant. */
  readonly failpoints?: Failpoints | undefined;
}

export interface Command<F extends FlagTable = FlagTable> {
  /** What follows the flags, e.g. `PLUGIN payload.json`. */
  args?: string;
  flags: F;
  /** Takes the command line as it is; options come from elsewhere. */
  raw?(argv: string[], host: Host): Promise<number>;
  /** Resolves to the exit code. A UsageError is shown without a stack. */
  run(parsed: Parsed<F>, host: Host): Promise<number>;
}

/** Keeps the flags' types between a command's table and its `run`. */
export const command = <const F extends FlagTable>(definition: Command<F>): Command =>
  definition as unknown as Command;

export const rawCommand = (raw: NonNullable<Command["raw"]>): Command => ({
  flags: {},
  raw,
  run: ({ args }, host) => raw(args, host),
});
