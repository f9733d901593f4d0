// What is said when a command ends badly: one line for people, and one of JSON where only a log collector reads.
import { errorText } from "../lib/error-text.ts";
import { UsageError } from "../lib/flags.ts";
import type { Host } from "./command.ts";

/** `component`: whether its log is JSON. Returns the exit code: 2 for what the operator can mend, else 1. */
export function tellFailure(
  error: unknown,
  { name, component }: { name: string; component: boolean },
  host: Pick<Host, "err" | "errIsTerminal" | "clock">,
): number {
  const isExpected = error instanceof UsageError;
  // Of a fault in the program itself, where it happened is half of what there is to know.
  const stack = isExpected ? undefined : (error as Partial<Error> | undefined)?.stack;
  host.err(`cutwater ${name}: ${errorText(error)}`);
  if (component && !host.errIsTerminal) {
    const time = host.clock.now().toISOString();
    host.err(JSON.stringify({ level: "fatal", time, component: name, msg: errorText(error), stack }));
  } else if (stack) host.err(stack);
  return isExpected ? 2 : 1;
}
