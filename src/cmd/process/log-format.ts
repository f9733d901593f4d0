// The two shapes of a log line: ECS, which log stores know, and Prow's, for queries that were written for it.
import type { Cause } from "../../lib/cause.ts";
import { string, UsageError } from "../../lib/flags.ts";
import type { LogFields } from "../../lib/logger.ts";

const LOG_FORMATS = ["ecs", "prow"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export const logFormatFlag = {
  "log-format": string(
    "ecs",
    "Names of the fields of a log line: ecs (@timestamp, log.level, message, …) or prow (time, level, severity, msg, error).",
  ),
};

/** Throws UsageError. */
export function logFormat(value: string): LogFormat {
  const found = LOG_FORMATS.find((name) => name === value);
  if (!found) throw new UsageError(`--log-format=${value} is none of ${LOG_FORMATS.join(", ")}`);
  return found;
}

export interface Shape {
  message: string;
  timestamp(): string;
  level(name: string): LogFields;
  /** What every line of a component has. */
  base(component: string): LogFields;
  fields(fields: LogFields): LogFields;
}

const now = () => new Date().toISOString();

/** https://www.elastic.co/docs/reference/ecs: dotted names, so that Prow's own stay flat beside them. */
const ECS: Shape = {
  message: "message",
  timestamp: () => `,"@timestamp":"${now()}"`,
  // `severity`: without it Google's log collection takes every line of standard error for an error.
  level: (name) => ({ "log.level": name, severity: name === "warn" ? "warning" : name }),
  base: (component) => ({ "ecs.version": ECS_VERSION, "service.name": component, component }),
  fields({ error, ...fields }) {
    return { ...withoutClashes(fields), ...errorFields(error) };
  },
};

const ECS_VERSION = "8.17.0";

/** logrus', with what Prow adds for Google's log collection. */
const PROW: Shape = {
  message: "msg",
  timestamp: () => `,"time":"${now()}"`,
  level: (name) => {
    const level = name === "warn" ? "warning" : name;
    return { level, severity: level };
  },
  base: (component) => ({ component }),
  fields({ error, ...fields }) {
    if (error === undefined) return fields;
    return error instanceof Error
      ? { error: error.message, stack: error.stack, ...fields }
      : { error, ...fields };
  },
};

export const SHAPES: { readonly [F in LogFormat]: Shape } = { ecs: ECS, prow: PROW };

/** Only its words and where it comes from: its other fields may hold a request. */
function errorFields(error: unknown): LogFields {
  if (error === undefined) return {};
  if (!(error instanceof Error))
    return { "error.message": typeof error === "string" ? error : JSON.stringify(error) };
  return { "error.message": error.message, "error.type": error.name, "error.stack_trace": error.stack };
}

/** Objects of ECS: a store that has `host.name` takes no line in which `host` is a text. */
const ECS_OBJECTS = new Set(
  (
    "agent client cloud container destination device dns event file group host http log network observer " +
    "organization os package process registry rule server service source span threat tls trace transaction url user"
  ).split(" "),
);

/** Those go where ECS has room for what it does not know. */
function withoutClashes(fields: LogFields): LogFields {
  const clashes = Object.keys(fields).some((name) => ECS_OBJECTS.has(name));
  if (!clashes) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [ECS_OBJECTS.has(name) ? `labels.${name}` : name, value]),
  );
}

/** On whose behalf a line is written, in Prow's names. */
export function causeFields({
  guid,
  plugin,
  org,
  repo,
  pr,
  pulls,
  sha,
  prowjob,
  job,
  span,
}: Cause): LogFields {
  return {
    ...(guid !== undefined && { "event-GUID": guid }),
    ...(plugin !== undefined && { plugin }),
    ...(org !== undefined && { org }),
    ...(repo !== undefined && { repo }),
    ...(pr !== undefined && { pr }),
    ...(pulls !== undefined && { pulls }),
    ...(sha !== undefined && { sha }),
    ...(prowjob !== undefined && { prowjob }),
    ...(job !== undefined && { job }),
    ...(span !== undefined && { "trace.id": span.traceId, "span.id": span.spanId }),
  };
}
