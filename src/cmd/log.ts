// The process's log: one JSON object a line on standard error, with level as a word and the component named.
import { pino } from "pino";
import type { Logger } from "../lib/logger.ts";

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

export interface LogOptions {
  component: string;
  level: string;
  write(line: string): void;
}

export function jsonLog({ component, level, write }: LogOptions): Logger {
  return pino(
    {
      level,
      base: { component },
      messageKey: "msg",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err },
      redact: { paths: SECRETS, censor: "[redacted]" },
    },
    { write },
  ) as unknown as Logger;
}
