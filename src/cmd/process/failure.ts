// What is said when a command ends badly: one line for people, or of JSON where only a log collector reads.
import { errorText } from "../../lib/error-text.ts";
import { UsageError } from "../../lib/flags.ts";
import type { Host } from "../command.ts";
import { type LogFormat, SHAPES } from "./log-format.ts";

interface Failed {
  name: string;
  /** Whether its log is JSON. */
  component: boolean;
  argv?: readonly string[];
}

/** Returns the exit code: 2 for what the operator can mend, else 1. */
export function tellFailure(
  error: unknown,
  { name, component, argv = [] }: Failed,
  host: Pick<Host, "err" | "errIsTerminal" | "clock">,
): number {
  const isExpected = error instanceof UsageError;
  // Of a fault in the program itself, where it happened is half of what there is to know.
  const stack = isExpected ? undefined : (error as Partial<Error> | undefined)?.stack;
  if (component && !host.errIsTerminal) {
    const { base, level, message } = SHAPES[formatIn(argv)];
    const time = host.clock.now().toISOString();
    const ecs = message === "message";
    const when = { [ecs ? "@timestamp" : "time"]: time };
    const where = { [ecs ? "error.stack_trace" : "stack"]: stack };
    host.err(
      JSON.stringify({ ...level("fatal"), ...when, ...base(name), [message]: errorText(error), ...where }),
    );
  } else {
    host.err(`cutwater ${name}: ${errorText(error)}`);
    if (stack) host.err(stack);
  }
  return isExpected ? 2 : 1;
}

/** The command line may be what is wrong, so nothing is refused here. */
function formatIn(argv: readonly string[]): LogFormat {
  const text = argv.join(" ");
  return /(^| )--?log-format[= ]prow( |$)/.test(text) ? "prow" : "ecs";
}
