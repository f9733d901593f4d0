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

export interface ProcessLog extends Logger {
  /** Takes a `log_level` of config.yaml, for this log and all its children. */
  obey(level: string): void;
}

/** logrus' names, the quietest first, by what Logger can say. */
const QUIETER_THAN = {
  error: ["fatal", "panic"],
  warn: ["error", "fatal", "panic"],
  info: ["warn", "warning", "error", "fatal", "panic"],
  debug: ["info", "warn", "warning", "error", "fatal", "panic"],
} as const;

export function jsonLog(component: string, writeLine: (line: string) => void): ProcessLog {
  const lines = pino(
    {
      level: "debug",
      base: { component },
      messageKey: "msg",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withErrorText },
      redact: { paths: SECRETS, censor: "[redacted]" },
    },
    { write: (line) => writeLine(line.trimEnd()) },
  ) as unknown as Logger;
  const threshold = { level: "info" };
  return {
    ...filtered(lines, threshold),
    obey: (level) => {
      threshold.level = level.toLowerCase();
    },
  };
}

/** pino's children keep the level that they are born with; these all look at the one threshold. */
function filtered(lines: Logger, threshold: { level: string }): Logger {
  const says = (level: keyof typeof QUIETER_THAN) => (fields: LogFields, message: string) => {
    const quieter: readonly string[] = QUIETER_THAN[level];
    if (!quieter.includes(threshold.level)) lines[level](fields, message);
  };
  return {
    debug: says("debug"),
    info: says("info"),
    warn: says("warn"),
    error: says("error"),
    child: (fields) => filtered(lines.child(fields), threshold),
  };
}

/** `error` is text, as in Prow's log; JSON would leave nothing of an Error. Its other fields may hold a request: they stay out. */
const withErrorText = ({ error, ...fields }: LogFields): LogFields =>
  error instanceof Error ? { error: error.message, stack: error.stack, ...fields } : { error, ...fields };
