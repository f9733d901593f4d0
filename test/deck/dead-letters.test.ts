// Deliveries that failed too often: shown, and worked on again for who has the token.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { encodeDelivery } from "../../src/model/delivery.ts";
import { PermanentError } from "../../src/queue/error.ts";
import type { Queue } from "../../src/queue/port.ts";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { deck } from "./deck.ts";

const delivery = (guid: string, repo: string, more: object = {}) => {
  const body = JSON.stringify({
    action: "created",
    repository: { full_name: repo },
    issue: { number: 7, html_url: `https://g/${repo}/7` },
    comment: { body: "the secret of the comment" },
    ...more,
  });
  const payload = encodeDelivery({ guid, event: "issue_comment", headers: {}, body, receivedAt: "" });
  return { id: guid, group: "g", payload };
};

let webhooks: Queue;
let outside: Queue;
beforeEach(async () => {
  [webhooks, outside] = [0, 0].map(() => sqliteQueue({ file: ":memory:", clock: systemClock })) as [
    Queue,
    Queue,
  ];
  await webhooks.add(delivery("g1", "acme/widgets"));
  await webhooks.add(delivery("g2", "acme/hidden"));
  await webhooks.add(delivery("g3", "acme/evil", { issue: { number: 8, html_url: "javascript:alert(1)" } }));
  await webhooks.add({ id: "g4", group: "g", payload: "not a delivery" });
  const copy = { name: "refresh", nth: 0, delivery: delivery("g5", "acme/widgets").payload };
  await outside.add({ id: "g5 for refresh", group: "g", payload: JSON.stringify(copy) });
  for (const queue of [webhooks, outside]) {
    const stop = new AbortController();
    const working = queue.work(
      async () => {
        throw new PermanentError("size: <b>out of luck</b>");
      },
      { signal: stop.signal, concurrency: 1, maxAttempts: 1 },
    );
    while ((await queue.depth()) > 0) await systemClock.sleep(2);
    stop.abort();
    await working;
  }
});
afterEach(() => Promise.all([webhooks.close(), outside.close()]));

const queues = async () => ({ webhooks, outside });
const shown = { deadLetters: { queues }, deckConfig: { hidden_repos: ["acme/hidden"] } };
const body = async (response: Promise<Response>) => (await response).text();

describe("the page", () => {
  test("tells what each was about and why it failed, but not what was in it", async () => {
    const page = await body(deck({ deadLetters: { queues } })("/dead-letters"));
    expect(page).toContain("issue_comment.created");
    expect(page).toContain('<a href="https://g/acme/widgets/7">acme/widgets#7</a>');
    expect(page).toContain("size: &lt;b&gt;out of luck&lt;/b&gt;");
    expect(page).toContain("<strong>refresh</strong>");
    expect(page).not.toContain("the secret of the comment");
    expect(page).not.toContain("javascript:");
    expect(page).not.toContain("<button");
  });

  test("and the JSON say that the queue is away, not where", async () => {
    const away = { queues: () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7:6379")) };
    const get = deck({ deadLetters: away });
    expect(await body(get("/dead-letters"))).toContain("The queue cannot be read at the moment");
    const json = await get("/dead-letters.js");
    expect(json.status).toBe(503);
    expect(await json.text()).not.toContain("10.0.0.7");
  });

  test("and the JSON leave out what this deck does not show", async () => {
    const get = deck(shown);
    expect(await body(get("/dead-letters"))).not.toContain("acme/hidden");
    const { items, queues: states } = (await (await get("/dead-letters.js")).json()) as {
      items: { id: string }[];
      queues: Record<string, { dead: number }>;
    };
    expect(items.map(({ id }) => id).sort()).toEqual(["g1", "g3", "g5 for refresh"]);
    expect(states["webhooks"]).toMatchObject({ dead: 4, waiting: 0 });
  });

  test("and the JSON, asked for often, look at the queue once in 10 s, and show 50", async () => {
    let [looks, time] = [0, Date.parse("2026-11-23T12:00:00Z")];
    const many = Array.from({ length: 60 }, (_, n) => ({
      ...delivery(`m${n}`, "acme/widgets"),
      ...{ error: "e", attempts: 1, failedAt: new Date(time).toISOString() },
    }));
    const dead = async function* () {
      looks++;
      yield* many;
    };
    const state = () => webhooks.state();
    const clock = { ...systemClock, now: () => new Date(time) };
    const busy = { dead, state, replay: async () => {} };
    const get = deck({ clock, deadLetters: { queues: async () => ({ one: busy, two: busy }) } });
    const paths = ["/dead-letters", "/dead-letters.js", "/dead-letters.js"];
    const answers = await Promise.all(paths.map((path) => get(path)));
    expect(((await answers[1]!.json()) as { items: unknown[] }).items).toHaveLength(50);
    time += 9_999;
    await get("/dead-letters");
    await get("/dead-letters/replay", { method: "POST" });
    await get("/dead-letters");
    expect(looks).toBe(2);
    time += 1;
    await get("/dead-letters");
    expect(looks).toBe(4);
  });

  test("says what waits, and that none is dead", async () => {
    const queue = {
      state: async () => ({ waiting: 3, dead: 0, since: "" }),
      dead: async function* () {},
      replay: async () => {},
    };
    const page = await body(
      deck({ deadLetters: { queues: async () => ({ webhooks: queue, outside: queue }) } })("/dead-letters"),
    );
    expect(page.replace(/\s+/g, " ")).toContain(
      "<p>Webhooks: 3 waiting. To external plugins and Probot apps: 3 waiting. No dead letters.</p>",
    );
  });

  test("says so when deck was not told of the queue", async () => {
    expect(await body(deck()("/dead-letters"))).toContain("--queue");
    expect((await deck()("/dead-letters.js")).status).toBe(404);
  });
});

describe("replaying", () => {
  const own = {
    "content-type": "application/json",
    host: "deck",
    origin: "http://deck",
    "sec-fetch-site": "same-origin",
  };
  const wanted = { queue: "webhooks", id: "g1", token: "t0ken" };
  const post = (headers: Record<string, string>, asked: object, replayToken?: () => Promise<string>) => {
    const text = JSON.stringify(asked);
    return deck({ deadLetters: { queues, ...(replayToken && { replayToken }) } })("/dead-letters/replay", {
      method: "POST",
      headers: { "content-length": String(text.length), ...headers },
      body: text,
    });
  };
  const token = async () => "t0ken";

  test("puts the delivery back for who has the token, from deck's own page", async () => {
    const answer = await post(own, wanted, token);
    expect(answer.status).toBe(200);
    expect(await webhooks.state()).toMatchObject({ waiting: 1, dead: 3 });
    expect((await post(own, wanted, token)).status).toBe(404);
  });

  test.each<[string, Record<string, string>, object]>([
    ["another site", { ...own, "sec-fetch-site": "cross-site" }, wanted],
    ["another origin of the same site", { ...own, "sec-fetch-site": "same-site" }, wanted],
    ["another origin", { ...own, origin: "http://evil" }, wanted],
    ["an origin that hides", { ...own, origin: "null" }, wanted],
    ["nobody knows where", { "content-type": "application/json", host: "deck" }, wanted],
    ["who has another token", own, { ...wanted, token: "guess" }],
    ["who has no token", own, { queue: "webhooks", id: "g1" }],
    ["a form", { ...own, "content-type": "application/x-www-form-urlencoded" }, wanted],
    ["a form that looks like JSON", { ...own, "content-type": "text/plain" }, wanted],
  ])("is refused to %s", async (_, headers, asked) => {
    expect([403, 415]).toContain((await post(headers, asked, token)).status);
    expect(await webhooks.state()).toMatchObject({ waiting: 0, dead: 4 });
  });

  test("is off without a token, and with an empty one", async () => {
    expect((await post(own, wanted)).status).toBe(403);
    expect((await post(own, { ...wanted, token: "" }, async () => "")).status).toBe(403);
  });

  test("is nothing that a link can do", async () => {
    expect((await deck({ deadLetters: { queues, replayToken: token } })("/dead-letters/replay")).status).toBe(
      404,
    );
  });
});
