// The process's log: one JSON object a line on standard error, with level as a word and the component named.
import { pino } from "pino";
import type { LogFields, Logger } from "../lib/logger.ts";

/** Fields that may carry credentials never reach a line. */
const SECRETS = [
  "token",
  "authorization",
  "privateKey",
  "secret",
  "*.token",
  "*.authorization",
  "*.privateKey",
];

export function jsonLog(component: string, writeLine: (line: string) => void): Logger {
  return pino(
    {
      level: "info",
      base: { component },
      messageKey: "msg",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withErrorText },
      redact: { paths: SECRETS, censor: "[redacted]" },
    },
    { write: (line) => writeLine(line.trimEnd()) },
  ) as unknown as Logger;
}

/** `error` is text, as in Prow's log; JSON would leave nothing of an Error. Its other fields may hold a request: they stay out. */
const withErrorText = ({ error, ...fields }: LogFields): LogFields =>
  error instanceof Error ? { error: error.message, stack: error.stack, ...fields } : { error, ...fields };
