// Slack over HTTP: what is sent, how its limits are obeyed, what its refusals become.
import { afterEach, expect, test } from "vitest";
import { slackClient } from "../../src/messages/slack.ts";
import { type Answer, answering } from "./server.ts";

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

const OK = { body: '{"ok":true}' };
const limited = (seconds: string): Answer => ({
  status: 429,
  headers: { "retry-after": seconds },
  body: '{"ok":false,"error":"ratelimited"}',
});

async function slack(answers: Answer[]) {
  const server = await answering(answers);
  close.push(server.close);
  let now = 0;
  const slept: number[] = [];
  const client = slackClient({
    tokens: new Map([
      ["*", async () => "xoxb-1"],
      ["other", async () => "xoxb-2"],
    ]),
    endpoint: `http://${server.host}/api/chat.postMessage`,
    clock: {
      now: () => new Date(now),
      sleep: async (ms) => {
        slept.push(ms);
        now += ms;
      },
    },
  });
  const post = (key: string, more: object = {}) =>
    client.post({ host: "*", channel: "#ci", text: "<a|b> & ü", key, ...more });
  return { post, slept, asked: server.asked, later: (ms: number) => (now += ms) };
}

test("a message is the form that Prow sends, with the token of its workspace", async () => {
  const { post, asked } = await slack([OK]);
  await post("a");
  await post("b", { host: "other" });
  expect(asked[0]).toMatchObject({ method: "POST", path: "/api/chat.postMessage" });
  expect(String(asked[0]!.headers["content-type"])).toContain("application/x-www-form-urlencoded");
  const forms = asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  const message = { username: "prow", icon_emoji: ":prow:", channel: "#ci", text: "<a|b> & ü" };
  expect(forms).toEqual([
    { ...message, token: "xoxb-1" },
    { ...message, token: "xoxb-2" },
  ]);
});

test("a message is posted once, one that failed again", async () => {
  const { post, asked } = await slack([{ status: 500, body: "oops" }, OK]);
  await expect(post("a")).rejects.toThrow("failed to post message to #ci: API returned invalid JSON");
  await post("a");
  await post("a");
  expect(asked).toHaveLength(2);
});

test("a limit is waited for as long as Slack says, then the message is posted", async () => {
  const { post, slept, asked } = await slack([limited("7"), limited("0"), OK]);
  await post("a");
  expect(slept).toEqual([7000, 1000]);
  expect(asked).toHaveLength(3);
});

test("for a long time Slack is not asked at all, but other workspaces are", async () => {
  const { post, slept, asked, later } = await slack([limited("120"), OK]);
  await expect(post("a")).rejects.toThrow("Slack asks to wait for 120 s more");
  await expect(post("b")).rejects.toMatchObject({ status: 429, reason: "ratelimited" });
  await post("c", { host: "other" });
  expect([asked.length, slept]).toEqual([2, []]);
  later(120_000);
  await post("a");
  expect(asked).toHaveLength(3);
});

test.each([
  ['{"ok":false,"error":"channel_not_found"}', 200, "request failed: channel_not_found"],
  ["{}", 503, "request failed: HTTP 503"],
  ["null", 200, "request failed"],
])("%s (%i) is a failure: %s", async (body, status, message) => {
  const { post } = await slack([{ status, body }]);
  await expect(post("a")).rejects.toThrow(`failed to post message to #ci: ${message}`);
});

test("a workspace without a token is told of in plain words", async () => {
  const { post, asked } = await slack([OK]);
  await expect(post("a", { host: "nowhere" })).rejects.toThrow("host 'nowhere' not supported");
  expect(asked).toEqual([]);
});
