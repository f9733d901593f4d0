// The gateway over HTTP: what GitHub, and whoever pretends to be GitHub, is answered.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_BODY_BYTES } from "../../src/hook/body.ts";
import { gateway } from "../../src/hook/gateway.ts";
import { parseSecrets, type Secrets } from "../../src/hook/hmac.ts";
import { hookMetrics } from "../../src/hook/metrics.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { decodeDelivery } from "../../src/model/delivery.ts";
import { commentName, headName } from "../../src/model/happening.ts";
import type { QueueItem } from "../../src/queue/port.ts";
import { type HTTPServer, httpServer } from "../lib/http-server.ts";

const SECRET = "s3cr3t";
const sign = (body: string | Buffer, secret = SECRET) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

let server: HTTPServer;
/** Every connection that came. */
let arrived: Socket[];
let url: string;
let stored: QueueItem[];
let secrets: Secrets;
let queueFails: Error | undefined;
/** The queue does not answer, and time flies. */
let queueHangs: boolean;
let registry: Registry;
/** What was heard of, and how much was stored by then. */
let heard: { event: string; payload: object; stored: number }[];

beforeEach(async () => {
  stored = [];
  heard = [];
  secrets = { token: SECRET };
  queueFails = undefined;
  queueHangs = false;
  registry = new Registry();
  const seen = new Set<string>();
  const handle = gateway({
    queue: {
      async add(item) {
        if (queueFails) throw queueFails;
        if (queueHangs) await new Promise(() => {});
        const added = !seen.has(item.id);
        seen.add(item.id);
        if (added) stored.push(item);
        return { added };
      },
    },
    secrets: async () => secrets,
    clock: {
      now: () => new Date(),
      sleep: (ms, signal) => systemClock.sleep(queueHangs ? ms / 1000 : ms, signal),
    },
    log: silent,
    metrics: hookMetrics(registry),
    hear: async (event, payload) => void heard.push({ event, payload, stored: stored.length }),
  });
  server = await httpServer(handle);
  arrived = [];
  server.server.on("connection", (socket) => arrived.push(socket));
  url = `${server.url}/hook`;
});
afterEach(() => {
  server.close();
});

async function post(
  body: string | Buffer,
  headers: Record<string, string | undefined> = {},
  method = "POST",
) {
  const all = {
    "x-github-event": "ping",
    "x-github-delivery": "guid-1",
    "x-hub-signature-256": sign(body),
    "content-type": "application/json",
    ...headers,
  };
  const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await fetch(url, {
    method,
    headers: set,
    ...(method === "POST" && { body: new Uint8Array(Buffer.from(body)) }),
  });
  return { status: response.status, text: await response.text() };
}

const payload = JSON.stringify({ repository: { full_name: "acme/tool" }, pull_request: { number: 7 } });

describe("a good delivery", () => {
  it("is stored with its raw body, by its GUID and in its pull request's group, and then acknowledged", async () => {
    const body = `${payload.slice(0, -1)}, "text": "é\\u00e9 🚢"}`;
    expect(await post(body, { "x-github-event": "pull_request" })).toEqual({
      status: 200,
      text: "Event received. Have a nice day.",
    });
    expect(stored).toMatchObject([{ id: "guid-1", group: "acme/tool#7" }]);
    expect(decodeDelivery(stored[0]!.payload)).toMatchObject({ guid: "guid-1", event: "pull_request", body });
  });

  it("is acknowledged again when delivered again, and stored once", async () => {
    await post(payload);
    expect((await post(payload)).status).toBe(200);
    expect(stored).toHaveLength(1);
  });

  it("of an unknown event is stored too: only the worker decides what it means", async () => {
    expect((await post("{}", { "x-github-event": "brand_new" })).status).toBe(200);
    expect(stored).toMatchObject([{ group: "-" }]);
  });

  it("is heard of before anybody works on it", async () => {
    await post(payload, { "x-github-event": "pull_request" });
    expect(heard).toEqual([{ event: "pull_request", payload: JSON.parse(payload), stored: 0 }]);
  });

  it("that nobody has signed is not heard of", async () => {
    await post(payload, { "x-hub-signature-256": sign(payload, "guess") });
    expect(heard).toEqual([]);
  });

  it("that can not be stored is not acknowledged", async () => {
    queueFails = new Error("disk full");
    expect(await post(payload)).toMatchObject({ status: 503 });
  });

  it("that the queue does not store in 8 s is not acknowledged", async () => {
    queueHangs = true;
    expect(await post(payload)).toMatchObject({ status: 503 });
  });

  it("is stored with the names of what it tells of", async () => {
    const told = { action: "created", repository: { full_name: "acme/tool" }, issue: { number: 7 } };
    await post(JSON.stringify({ ...told, comment: { id: 99 } }), { "x-github-event": "issue_comment" });
    expect(stored[0]).toMatchObject({ also: ["comment acme/tool#7 99"], asOf: 0 });
  });

  it("of a push is stored with the time of what it tells", async () => {
    const pull_request = { number: 7, head: { sha: "abc" }, updated_at: "2026-11-29T16:00:00Z" };
    const told = { action: "synchronize", repository: { full_name: "acme/tool" }, pull_request };
    await post(JSON.stringify(told), { "x-github-event": "pull_request" });
    expect(stored[0]).toMatchObject({
      also: ["head acme/tool#7 abc"],
      asOf: Date.parse(pull_request.updated_at),
    });
  });

  it("counts in the metrics by Prow's names", async () => {
    await post(payload, { "x-github-event": "push" });
    await post(payload, { "x-hub-signature-256": undefined });
    const text = await registry.metrics();
    expect(text).toContain('prow_webhook_counter{event_type="push"} 1');
    expect(text).toContain('prow_webhook_response_codes{response_code="200"} 1');
    expect(text).toContain('prow_webhook_response_codes{response_code="403"} 1');
  });
});

describe("what is not a delivery gets Prow's answer", () => {
  const signature = "403 Forbidden: Invalid X-Hub-Signature-256 - ";
  const cases: [string, string | Buffer, Record<string, string | undefined>, number, string][] = [
    [
      "no event",
      "{}",
      { "x-github-event": undefined },
      400,
      "400 Bad Request: Missing X-GitHub-Event Header",
    ],
    ...["x".repeat(65), 'push"} 1', "Push"].map(
      (event): [string, string, Record<string, string>, number, string] => [
        `an event that is none of GitHub's, ${event}`,
        "{}",
        { "x-github-event": event },
        400,
        "400 Bad Request: Malformed X-GitHub-Event Header",
      ],
    ),
    [
      "no GUID",
      "{}",
      { "x-github-delivery": undefined },
      400,
      "400 Bad Request: Missing X-GitHub-Delivery Header",
    ],
    ...[headName("acme/lib#8", "a".repeat(40)), commentName("acme/lib#8", 5), "g".repeat(129)].map(
      (guid): [string, string, Record<string, string>, number, string] => [
        `a GUID that may be the name of another's happening, ${guid}`,
        "{}",
        { "x-github-delivery": guid },
        400,
        "400 Bad Request: Malformed X-GitHub-Delivery Header",
      ],
    ),
    [
      "no signature",
      "{}",
      { "x-hub-signature-256": undefined },
      403,
      "403 Forbidden: Missing X-Hub-Signature-256",
    ],
    [
      "another content type",
      "{}",
      { "content-type": "application/json; charset=utf-8" },
      400,
      "400 Bad Request: Hook only accepts content-type: application/json - please reconfigure this hook on GitHub",
    ],
    ["signed, but not JSON", "{oops", {}, 403, `${signature}invalid payload`],
    ["signed, but not an object", "[1]", {}, 403, `${signature}invalid payload`],
    ["empty", "", {}, 403, `${signature}invalid payload`],
    ["SHA-1", "{}", { "x-hub-signature-256": "sha1=00" }, 403, `${signature}invalid signature`],
    ["bad hex", "{}", { "x-hub-signature-256": "sha256=zz" }, 403, `${signature}invalid signature`],
    [
      "another secret",
      payload,
      { "x-hub-signature-256": sign(payload, "guess") },
      403,
      `${signature}misconfigured webhook secret from organization/repo: acme/tool`,
    ],
    [
      "a short signature",
      payload,
      { "x-hub-signature-256": "sha256=ab" },
      403,
      `${signature}misconfigured webhook secret from organization/repo: acme/tool`,
    ],
  ];
  it.each(cases)("%s", async (_, body, headers, status, text) => {
    expect(await post(body, headers)).toEqual({ status, text: `${text}\n` });
    expect(stored).toEqual([]);
  });

  it("another method", async () => {
    expect(await post("", {}, "GET")).toEqual({ status: 405, text: "405 Method not allowed\n" });
  });
});

describe("huge bodies", () => {
  it("are taken up to 25 MB", async () => {
    const frame = JSON.stringify({ fill: "" });
    const body = Buffer.from(JSON.stringify({ fill: "x".repeat(MAX_BODY_BYTES - frame.length) }));
    expect(body.length).toBe(MAX_BODY_BYTES);
    expect((await post(body)).status).toBe(200);
  });

  it("are refused with 413 one byte later", async () => {
    const body = Buffer.alloc(MAX_BODY_BYTES + 1, "x");
    expect((await post(body)).status).toBe(413);
  });

  it("are refused while they stream, without a length", async () => {
    const answer = await new Promise<number>((resolve, reject) => {
      const sending = request(url, {
        method: "POST",
        headers: {
          "x-github-event": "push",
          "x-github-delivery": "g",
          "x-hub-signature-256": sign(""),
          "content-type": "application/json",
        },
      });
      sending.on("response", (response) => resolve(response.statusCode!));
      sending.on("error", reject);
      const chunk = Buffer.alloc(1024 * 1024);
      for (let n = 0; n < 26; n++) sending.write(chunk);
      sending.end();
    });
    expect(answer).toBe(413);
  });
});

describe("bodies that never end", () => {
  const ports: Socket[] = [];
  afterEach(() => {
    for (const socket of ports.splice(0)) socket.destroy();
  });
  /** Sends the beginning of a body, and resolves when it is sent; `closed` when the gateway has cut it off. */
  const begin = async (bytes: number) => {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    ports.push(socket);
    const closed = once(socket, "close").then(() => true);
    socket.on("error", () => {});
    const head = [
      ...["POST /hook HTTP/1.1", "Host: x", "Content-Type: application/json", "X-GitHub-Event: push"],
      ...["X-GitHub-Delivery: g", `X-Hub-Signature-256: ${sign("")}`, `Content-Length: ${bytes + 10}`],
    ];
    await new Promise<void>((resolve) => socket.write(`${head.join("\r\n")}\r\n\r\n`, () => resolve()));
    await new Promise<void>((resolve) => socket.write(Buffer.alloc(bytes, "a"), () => resolve()));
    /** Sends the rest; resolves with the answer. */
    const end = async () => {
      socket.write("a".repeat(10));
      return String((await once(socket, "data"))[0]);
    };
    return { closed, end };
  };

  /** 64 MB is the room for all. */
  const crowd = async () => {
    const first = await begin(160_000);
    await Promise.all(Array.from({ length: 450 }, () => begin(160_000)));
    const received = () => arrived.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    await expect.poll(received, { timeout: 15_000 }).toBeGreaterThan(451 * 160_000);
    return first;
  };

  it("leave room for others, small and large: when it is needed they give it up", async () => {
    await crowd();
    const filled = (bytes: number) => JSON.stringify({ fill: "x".repeat(bytes) });
    const verdicts: number[] = [];
    for (const body of [payload, filled(900_000), filled(24_000_000), payload])
      verdicts.push((await post(body)).status);
    expect(verdicts).toEqual([200, 200, 200, 200]);
  }, 20_000);

  it("are told so, the oldest first, once they end after all", async () => {
    const first = await crowd();
    expect(await first.end()).toContain("503 Service Unavailable");
  }, 20_000);

  it("are cut off, the oldest first, when there are too many", async () => {
    const first = await begin(10);
    await Promise.all(Array.from({ length: 500 }, () => begin(10)));
    expect(await first.closed).toBe(true);
    expect((await post(payload)).status).toBe(200);
  });
});

describe("secrets by repository", () => {
  const file = `
acme/tool:
- value: of-the-repo
  created_at: 2024-01-01T00:00:00Z
acme:
- value: old
  created_at: 2024-01-01T00:00:00Z
- value: new
  created_at: 2025-01-01T00:00:00Z
'*':
- value: of-all
`;
  const asked = async (subject: object, secret: string) => {
    const body = JSON.stringify(subject);
    return (await post(body, { "x-hub-signature-256": sign(body, secret) })).status;
  };
  const repo = (full_name: string) => ({ repository: { full_name } });

  beforeEach(() => {
    secrets = parseSecrets(file);
  });

  it("the most specific list counts, without falling through", async () => {
    expect(await asked(repo("acme/tool"), "of-the-repo")).toBe(200);
    expect(await asked(repo("acme/tool"), "new")).toBe(403);
    expect(await asked(repo("acme/other"), "of-the-repo")).toBe(403);
  });
  it("both secrets of an org count, so that they can be rotated", async () => {
    expect(await asked(repo("acme/other"), "old")).toBe(200);
    expect(await asked(repo("acme/other"), "new")).toBe(200);
  });
  it("events of an organisation use the org's, everything else the one of all", async () => {
    expect(await asked({ organization: { login: "acme" } }, "new")).toBe(200);
    expect(await asked(repo("else/where"), "of-all")).toBe(200);
    expect(await asked({}, "of-all")).toBe(200);
  });
  it("another spelling is no way around the secret of an org", async () => {
    expect(await asked(repo("ACME/else"), "of-all")).toBe(403);
    expect(await asked(repo("Acme/else"), "new")).toBe(200);
  });

  const victim = { full_name: "acme/tool", name: "tool", owner: { login: "acme" } };
  const mine = { full_name: "else/where", name: "where", owner: { login: "else" } };
  const contradictions: [string, object][] = [
    ["an owner", { repository: { ...mine, owner: victim.owner } }],
    ["a name", { repository: { ...mine, name: "other" } }],
    ["an owner without login", { repository: { ...mine, owner: { name: "acme" } } }],
    ["the second owner of a push", { repository: { ...mine, owner: { login: "else", name: "acme" } } }],
    ["more than a repository", { repository: { full_name: "else/where/tool", name: "where" } }],
    ["no full name", { repository: { name: "tool", owner: victim.owner }, organization: { login: "else" } }],
    ["an organisation", { repository: mine, organization: { login: "acme" } }],
    ["a base", { repository: mine, pull_request: { number: 1, base: { repo: victim } } }],
    ["a base alone", { organization: { login: "else" }, pull_request: { base: { repo: victim } } }],
  ];
  it.each(contradictions)("a payload that names %s of another repository is refused", async (_, payload) => {
    const body = JSON.stringify(payload);
    const signed = { "x-hub-signature-256": sign(body, "of-all"), "x-github-event": "push" };
    expect(await post(body, signed)).toEqual({
      status: 403,
      text: "403 Forbidden: the payload names different repositories\n",
    });
    expect(stored).toEqual([]);
  });
  it("one that agrees with itself is taken, in any case, and whatever a person is called", async () => {
    const whole = {
      repository: { ...victim, owner: { login: "Acme", name: "Acme Ltd." } },
      organization: { login: "ACME" },
      pull_request: { number: 1, base: { repo: victim }, head: { repo: mine } },
    };
    expect(await asked(whole, "of-the-repo")).toBe(200);
  });

  it("says so when none is configured", async () => {
    secrets = parseSecrets("acme:\n- value: a\n");
    const body = JSON.stringify(repo("else/where"));
    const { text } = await post(body, { "x-hub-signature-256": sign(body, "a") });
    expect(text).toContain("failed to get an appropriate hmac secret");
  });
  it("an empty secret opens nothing", async () => {
    secrets = parseSecrets("acme:\n- value: ''\n");
    expect(await asked(repo("acme/tool"), "")).toBe(403);
    secrets = { token: "" };
    expect(await asked(repo("acme/tool"), "")).toBe(403);
  });
  it("a file that is no such map is one token", () => {
    expect(parseSecrets("  abc123\n")).toEqual({ token: "abc123" });
    expect(parseSecrets("acme: not-a-list")).toEqual({ token: "acme: not-a-list" });
    expect(parseSecrets("acme:\n- just-text")).toEqual({ token: "acme:\n- just-text" });
  });
});

describe("random bytes", () => {
  it("never get in and never break the gateway", async () => {
    let state = 42;
    const random = () => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state / 2147483648;
    };
    for (let n = 0; n < 300; n++) {
      const body = Buffer.from(
        Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)),
      );
      const status = (await post(body, random() < 0.5 ? { "x-hub-signature-256": sign("else") } : {})).status;
      expect(status).toBe(403);
    }
    expect(stored).toEqual([]);
    expect((await post("{}")).status).toBe(200);
  });
});
