// The process's log: one JSON object a line on standard error, with level as a word and the component named.
import { pino } from "pino";
import { currentCause } from "../../lib/cause.ts";
import type { LogFields, Logger } from "../../lib/logger.ts";
import { isRecord } from "../../lib/schema.ts";
import { causeFields, type LogFormat, SHAPES, type Shape } from "./log-format.ts";

/** Fields that may carry credentials never reach a line. */
const SECRETS = new Set(["token", "authorization", "privateKey", "secret"]);

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

export function jsonLog(
  component: string,
  writeLine: (line: string) => void,
  format: LogFormat = "ecs",
): ProcessLog {
  const shape = SHAPES[format];
  const lines = pino(
    {
      level: "debug",
      base: undefined,
      messageKey: shape.message,
      timestamp: shape.timestamp,
      formatters: { level: shape.level },
    },
    { write: (line) => writeLine(line.trimEnd()) },
  ) as unknown as Logger;
  const threshold = { level: "info" };
  return {
    ...bound({ lines, shape, threshold }, shape.base(component)),
    obey: (level) => {
      threshold.level = level.toLowerCase();
    },
  };
}

/** Of a line and of the objects in it. pino's `redact` does so with a copy of every line. */
function withoutSecrets(fields: LogFields, deep = true): LogFields {
  let clean = fields;
  for (const [name, value] of Object.entries(fields)) {
    const safe = SECRETS.has(name)
      ? "[redacted]"
      : deep && isRecord(value)
        ? withoutSecrets(value, false)
        : value;
    if (safe !== value) clean = { ...clean, [name]: safe };
  }
  return clean;
}

interface Sink {
  lines: Logger;
  shape: Shape;
  threshold: { level: string };
}

/**
 * pino's children keep the level that they are born with; these all look at the one threshold. A field comes once in a
 * line, which pino does not see to either: the one that is nearest to the words counts.
 */
function bound(sink: Sink, bindings: LogFields): Logger {
  const { lines, shape, threshold } = sink;
  const says = (level: keyof typeof QUIETER_THAN) => (fields: LogFields, message: string) => {
    const quieter: readonly string[] = QUIETER_THAN[level];
    if (quieter.includes(threshold.level)) return;
    const all = { ...causeFields(currentCause()), ...bindings, ...shape.fields(fields) };
    lines[level](withoutSecrets(all), message);
  };
  return {
    debug: says("debug"),
    info: says("info"),
    warn: says("warn"),
    error: says("error"),
    child(fields) {
      const own = shape.fields(fields);
      const service = "service.name" in bindings &&
        "component" in own && { "service.name": own["component"] };
      return bound(sink, { ...bindings, ...own, ...service });
    },
  };
}
