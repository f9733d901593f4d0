// Takes webhooks in: checks them in Prow's order with Prow's answers, stores them, and only then says so.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { inRounds } from "../lib/waiting/in-rounds.ts";
import { soon } from "../lib/waiting/soon.ts";
import {
  type Delivery,
  encodeDelivery,
  groupOf,
  isAboutOne,
  parseBody,
  subjectOf,
} from "../model/delivery.ts";
import { asOf, namesOf } from "../model/happening.ts";
import type { Queue } from "../queue/port.ts";
import { type BodyReader, bodyReader, REFUSALS } from "./body.ts";
import { matchingTokens, parseSignature, type Secrets, tokensFor } from "./hmac.ts";
import type { HookMetrics } from "./metrics.ts";

export interface GatewayDeps {
  queue: Pick<Queue, "add">;
  /** Asked for each delivery, so that a rotated secret counts at once. */
  secrets: () => Promise<Secrets>;
  clock: Clock;
  log: Logger;
  metrics: HookMetrics;
  /** Told of each verified delivery before anybody works on it, so that nothing older is answered from memory. */
  hear?: (event: string, payload: Record<string, unknown>) => Promise<void>;
  /** Awaited right before and right after each answer, so that a process can be made to die there. */
  answering?: (side: "before" | "after") => Promise<void>;
}

export interface Answer {
  status: number;
  text: string;
}

/** A body that nobody signed is looked into, for the wording of the refusal, only up to this size. */
const EXPLAIN_BYTES = 64 * 1024;
/** GitHub waits for 10 s, and takes no answer for a failure as it takes this one. */
const STORE_MS = 8_000;
/** `org/repo`. It names what is kept for days, and one secret is good for all names that begin with its org. */
const LONGEST_SUBJECT = 200;
/** Those of GitHub are, and no signature covers it. */
const EVENT = /^[a-z_]{1,64}$/;
/** No signature covers it: with a space it could be the name of another's happening (model/happening.ts), and keep that out. */
const GUID = /^[\w.:-]{1,128}$/;
const SMALL_REST_BYTES = 256 * 1024;
const RECEIVED: Answer = { status: 200, text: "Event received. Have a nice day." };
const badRequest = (reason: string): Answer => ({ status: 400, text: `400 Bad Request: ${reason}` });
const forbidden = (reason: string): Answer => ({ status: 403, text: `403 Forbidden: ${reason}` });
const invalid = (reason: string): Answer => forbidden(`Invalid X-Hub-Signature-256 - ${reason}`);

/** Steps of large bodies that are looked through, those of all together. */
const nextTurn = inRounds(2);

/** A listener for node:http's `request` event. */
export function gateway(deps: GatewayDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const bodies = bodyReader();
  return (request, response) => {
    void take(deps, bodies, request)
      .catch((error: unknown): Answer => {
        deps.log.error({ error }, "a webhook could not be taken in");
        return { status: 500, text: "500 Internal Server Error" };
      })
      .then(async (answer) => {
        deps.metrics.responses.inc({ response_code: String(answer.status) });
        await deps.answering?.("before");
        send(request, response, answer);
        if (deps.answering) response.once("finish", deps.answering.bind(undefined, "after"));
      });
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, text }: Answer): void {
  const refused = status !== 200;
  // A small rest of a body that was turned away is read and dropped, so that the connection can go on.
  if (Number(request.headers["content-length"] ?? Number.NaN) <= SMALL_REST_BYTES) request.resume();
  else if (!request.complete) response.setHeader("connection", "close");
  const body = refused ? `${text}\n` : text;
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    // Otherwise it would go out in chunks.
    "content-length": Buffer.byteLength(body),
    ...(refused && { "x-content-type-options": "nosniff" }),
  });
  response.end(body);
}

async function take(deps: GatewayDeps, bodies: BodyReader, request: IncomingMessage): Promise<Answer> {
  const header = (name: string) => String(request.headers[name] ?? "");
  const event = header("x-github-event");
  const guid = header("x-github-delivery");
  const signature = header("x-hub-signature-256");
  if (request.method !== "POST") return { status: 405, text: "405 Method not allowed" };
  if (!event) return badRequest("Missing X-GitHub-Event Header");
  if (!EVENT.test(event)) return badRequest("Malformed X-GitHub-Event Header");
  if (!guid) return badRequest("Missing X-GitHub-Delivery Header");
  if (!GUID.test(guid)) return badRequest("Malformed X-GitHub-Delivery Header");
  if (!signature) return forbidden("Missing X-Hub-Signature-256");
  if (header("content-type") !== "application/json") {
    return badRequest(
      "Hook only accepts content-type: application/json - please reconfigure this hook on GitHub",
    );
  }
  const secrets = await deps.secrets();
  const parsed = parseSignature(signature);
  const body = await bodies.read(request, async (bytes) => {
    const matching = await matchingTokens(secrets, parsed ?? Buffer.alloc(0), bytes, nextTurn);
    return { bytes, verdict: verify(event, bytes, parsed, secrets, matching) };
  });
  if ("refused" in body) return { status: body.refused, text: REFUSALS[body.refused] };
  if ("failed" in body) {
    deps.log.info({ "event-GUID": guid, error: body.failed }, "the body of a webhook could not be read");
    return { status: 500, text: "500 Internal Server Error: Failed to read request body" };
  }
  const { bytes, verdict } = body.used;
  if ("status" in verdict) return verdict;
  deps.metrics.webhooks.inc({ event_type: deps.metrics.label.event(event) });
  return store(deps, { guid, event, headers: sentByGitHub(request) }, bytes, verdict.payload);
}

/** The parsed payload, once its signature is known to be good. */
function verify(
  event: string,
  bytes: Buffer,
  signature: Buffer | undefined,
  secrets: Secrets,
  matching: Set<string>,
): Answer | { payload: Record<string, unknown> } {
  if (matching.size === 0 && bytes.length > EXPLAIN_BYTES) return invalid("misconfigured webhook secret");
  let payload: Record<string, unknown>;
  try {
    payload = parseBody(bytes.toString("utf8"));
  } catch {
    return invalid("invalid payload");
  }
  if (!signature) return invalid("invalid signature");
  if (!isAboutOne(payload, event)) return forbidden("the payload names different repositories");
  const subject = subjectOf(payload);
  if (subject.length > LONGEST_SUBJECT) return forbidden("the payload names no repository of GitHub");
  const tokens = tokensFor(secrets, subject);
  if (!tokens) return invalid("failed to get an appropriate hmac secret");
  if (!tokens.some((token) => matching.has(token))) {
    return invalid(`misconfigured webhook secret from organization/repo: ${subject}`);
  }
  return { payload };
}

function sentByGitHub({ headers }: IncomingMessage): Record<string, string> {
  const ours = Object.entries(headers).filter(([name]) => /^x-(github|hub)-|^content-type$/.test(name));
  return Object.fromEntries(ours.map(([name, value]) => [name, String(value)]));
}

async function store(
  { queue, clock, log, hear }: GatewayDeps,
  { guid, event, headers }: Pick<Delivery, "guid" | "event" | "headers">,
  bytes: Buffer,
  payload: Record<string, unknown>,
): Promise<Answer> {
  const receivedAt = clock.now().toISOString();
  const item = {
    id: guid,
    group: groupOf(payload),
    also: namesOf(event, payload),
    asOf: asOf(event, payload),
    payload: encodeDelivery({ guid, event, headers, body: bytes.toString("utf8"), receivedAt }),
  };
  await hear?.(event, payload);
  try {
    // What is stored after all is no harm: delivered again it is known.
    const { added } = await soon(queue.add(item), { what: "the queue", ms: STORE_MS, clock });
    log.debug({ "event-GUID": guid, "event-type": event, added }, "webhook stored");
    return RECEIVED;
  } catch (error) {
    log.error({ "event-GUID": guid, error }, "a webhook could not be stored");
    return { status: 503, text: "503 Service Unavailable: the event could not be stored" };
  }
}
