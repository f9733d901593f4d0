// A tiny OpenTelemetry collector over HTTP, which takes only what OTLP's JSON allows.
import { Ajv } from "ajv";
import { httpServer } from "../lib/http-server.ts";

export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code?: number; message?: string };
  attributes: { key: string; value: Record<string, unknown> }[];
  service: string;
}

const attributes = {
  type: "array",
  items: {
    type: "object",
    required: ["key", "value"],
    additionalProperties: false,
    properties: {
      key: { type: "string", minLength: 1 },
      value: {
        oneOf: [
          { required: ["stringValue"], properties: { stringValue: { type: "string" } } },
          { required: ["boolValue"], properties: { boolValue: { type: "boolean" } } },
          { required: ["intValue"], properties: { intValue: { type: "string", pattern: "^-?[0-9]+$" } } },
          { required: ["doubleValue"], properties: { doubleValue: { type: "number" } } },
        ].map((one) => ({ type: "object", additionalProperties: false, ...one })),
      },
    },
  },
};
const hex = (digits: number) => ({ type: "string", pattern: `^(?!0+$)[0-9a-f]{${digits}}$` });
const nanoseconds = { type: "string", pattern: "^[0-9]{19}$" };
const span = {
  type: "object",
  required: ["traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"],
  additionalProperties: false,
  properties: {
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: hex(16),
    flags: { type: "integer" },
    name: { type: "string", minLength: 1 },
    kind: { enum: [1, 2, 3, 4, 5] },
    startTimeUnixNano: nanoseconds,
    endTimeUnixNano: nanoseconds,
    attributes,
    status: {
      type: "object",
      additionalProperties: false,
      properties: { code: { enum: [0, 1, 2] }, message: { type: "string" } },
    },
  },
};
const scope = { type: "object", required: ["name"], properties: { name: { type: "string" } } };
const list = (items: object) => ({ type: "array", minItems: 1, items });
const REQUEST = {
  type: "object",
  required: ["resourceSpans"],
  additionalProperties: false,
  properties: {
    resourceSpans: list({
      type: "object",
      required: ["resource", "scopeSpans"],
      properties: {
        resource: { type: "object", required: ["attributes"], properties: { attributes } },
        scopeSpans: list({ type: "object", required: ["spans"], properties: { scope, spans: list(span) } }),
      },
    }),
  },
};

interface Body {
  resourceSpans: {
    resource: { attributes: SentSpan["attributes"] };
    scopeSpans: { spans: SentSpan[] }[];
  }[];
}

export async function collector() {
  const valid = new Ajv().compile(REQUEST);
  const spans: SentSpan[] = [];
  const requests: { url: string | undefined; headers: Record<string, unknown> }[] = [];
  const faults: unknown[] = [];
  /** Answered in turn before it takes anything. */
  const refusals: number[] = [];
  const server = await httpServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    requests.push({ url: request.url, headers: request.headers });
    const refusal = refusals.shift();
    if (refusal) return void response.writeHead(refusal).end();
    const body = JSON.parse(text) as Body;
    if (!valid(body)) {
      faults.push(valid.errors);
      return void response.writeHead(400).end();
    }
    for (const { resource, scopeSpans } of body.resourceSpans) {
      const name = resource.attributes.find(({ key }) => key === "service.name");
      const service = String(name?.value["stringValue"]);
      for (const { spans: own } of scopeSpans) spans.push(...own.map((each) => ({ ...each, service })));
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  return { url: server.url, spans, requests, faults, refusals, close: () => void server.close() };
}
