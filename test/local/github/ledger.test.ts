// Who checks afterwards finds in the ledger what was done, also when nobody was told; bad days come when they are asked for.
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import type { Recorded } from "../../../src/local/github/ledger.ts";
import { httpServer } from "../../lib/http-server.ts";
import { lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

const issue = { ...lib, issue_number: 1 };
let github: TestGitHub;
let late: number;
const clock = { ...systemClock, now: () => new Date(systemClock.now().getTime() + late) };
beforeEach(async () => {
  late = 0;
  github = await testGitHub({ clock });
  await openPull(github.as("alice"), "topic", "b.txt", "changed\n");
  await github.admin("ledger", {});
});
afterEach(() => github.close());

const bot = () => github.as("bot").issues;
const entries = async () => (await github.admin("ledger"))["entries"] as Recorded[];
const writes = async () => (await entries()).flatMap((entry) => (entry.kind === "write" ? [entry] : []));
const bodies = async () => (await github.as("alice").issues.listComments(issue)).data.map(({ body }) => body);

test("every write stands in it: who, what, and the answer; reads do not", async () => {
  const { data, headers } = await bot().createComment({ ...issue, body: "hello" });
  await bot().listComments(issue);
  await bot()
    .removeLabel({ ...issue, name: "absent" })
    .catch(() => {});
  expect(await writes()).toMatchObject([
    {
      who: "bot",
      method: "POST",
      path: "/repos/acme/lib/issues/1/comments",
      body: { body: "hello" },
      status: 201,
      id: data.id,
      lost: false,
      request: headers["x-github-request-id"],
    },
    { who: "bot", method: "DELETE", status: 404 },
  ]);
});

test("it is read on from where one was", async () => {
  for (const body of ["1", "2", "3"]) await bot().createComment({ ...issue, body });
  const first = (await github.admin("ledger?limit=2"))["entries"] as Recorded[];
  const rest = (await github.admin(`ledger?after=${first[1]!.n}`))["entries"] as Recorded[];
  expect([...first, ...rest].map((entry) => entry.kind === "write" && entry.body)).toEqual([
    { body: "1" },
    { body: "2" },
    { body: "3" },
  ]);
});

test("a lost answer: the connection breaks, the comment is there", async () => {
  await github.admin("faults", { lost_percent: 100 });
  await expect(bot().createComment({ ...issue, body: "once" })).rejects.toThrow();
  await github.admin("faults", {});
  expect(await bodies()).toEqual(["once"]);
  expect(await writes()).toMatchObject([{ status: 201, lost: true }]);
});

test("an error: nothing was done. Only the named suffer", async () => {
  await github.admin("faults", { error_percent: 100, logins: ["bot"] });
  await expect(bot().createComment({ ...issue, body: "never" })).rejects.toMatchObject({ status: 502 });
  await github.as("alice").issues.createComment({ ...issue, body: "by alice" });
  expect(await bodies()).toEqual(["by alice"]);
});

test("an outage refuses reads too", async () => {
  await github.admin("faults", { outage: true });
  await expect(bot().listComments(issue)).rejects.toMatchObject({ status: 503 });
  await github.admin("faults", {});
  expect(await bodies()).toEqual([]);
});

test("lists lag: what was made just now is not in them yet, but can be read by its name", async () => {
  await bot().createComment({ ...issue, body: "old" });
  await github.admin("faults", { list_lag_ms: 300_000 });
  const { data } = await bot().createComment({ ...issue, body: "new" });
  expect(await bodies()).toEqual(["old"]);
  expect((await bot().getComment({ ...lib, comment_id: data.id })).data.body).toBe("new");
  await github.admin("faults", {});
  expect(await bodies()).toEqual(["old", "new"]);
});

test("secondary limits: too many comments a minute are refused, and asking on before Retry-After is a breach too", async () => {
  await github.admin("faults", { secondary_limits: true, logins: ["bot"] });
  const outcomes = [];
  for (let n = 0; n < 83; n++)
    outcomes.push(
      await bot()
        .createComment({ ...issue, body: String(n) })
        .then(
          ({ status }) => status,
          (error) => `${error.status} ${error.response.headers["retry-after"]}`,
        ),
    );
  expect(outcomes.slice(79)).toEqual([201, "403 60", "403 60", "403 60"]);
  const breaches = (await entries()).filter(({ kind }) => kind === "breach");
  expect(breaches.map((breach) => breach.kind === "breach" && breach.limit)).toEqual([
    "80 contents made a minute",
    "asked again before Retry-After",
    "asked again before Retry-After",
  ]);
});

test("refusals come in each of GitHub's ways; asking again within the second half of the minute is a breach", async () => {
  await github.admin("faults", { secondary_limits: true, refuse_percent: 100, logins: ["bot"] });
  const ask = () =>
    bot()
      .listComments(issue)
      .then(
        ({ status }) => String(status),
        ({ status, response }) => `${status} ${response.headers["retry-after"] ?? "in words"}`,
      );
  const first = [await ask(), await ask(), await ask(), await ask()];
  expect(first).toEqual(["403 60", "429 60", "403 in words", "429 in words"]);
  const breaches = async () => (await entries()).filter(({ kind }) => kind === "breach").length;
  expect(await breaches()).toBe(0);
  late += 35_000;
  await ask();
  expect(await breaches()).toBe(1);
  late += 61_000;
  expect(await ask()).not.toMatch(/^4/);
  late += 300_000;
  expect(await ask()).toBe("429 60");
  expect(await breaches()).toBe(1);
});

test("a fault that cannot be meant is refused in words", async () => {
  await expect(github.admin("faults", { eror_percent: 3 })).rejects.toThrow(/422 .*error_percent/);
  await expect(github.admin("faults", { error_percent: "3" })).rejects.toThrow(/write it like 0/);
  await expect(github.admin("age", { seconds: -1 })).rejects.toThrow(/422/);
});

test("time has passed: what is there is older, and the delivery log with it", async () => {
  const received: { signature: unknown; body: string }[] = [];
  const receiver = await httpServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    received.push({ signature: request.headers["x-hub-signature-256"], body });
    response.writeHead(204).end();
  });
  const url = `${receiver.url}/`;
  const hook = await github.admin("hooks", { scope: "acme/lib", url, secret: "s" });
  const before = (await bot().createComment({ ...issue, body: "hello" })).data;
  await github.settled();
  const deliveries = async () =>
    (await github.as("alice").repos.listWebhookDeliveries({ ...lib, hook_id: Number(hook["id"]) })).data;
  const [delivered] = await deliveries();
  await github.admin("age", { seconds: 1800 });
  const after = (await bot().getComment({ ...lib, comment_id: before.id })).data;
  expect(Date.parse(before.created_at) - Date.parse(after.created_at)).toBe(1_800_000);
  const [aged] = await deliveries();
  expect(aged!.guid).toBe(delivered!.guid);
  expect(Date.parse(delivered!.delivered_at) - Date.parse(aged!.delivered_at)).toBe(1_800_000);
  await github.as("alice").repos.redeliverWebhookDelivery({
    ...{ ...lib, hook_id: Number(hook["id"]), delivery_id: aged!.id },
  });
  await github.settled();
  const { body, signature } = received.at(-1)!;
  expect(JSON.parse(body).comment.created_at).toBe(after.created_at);
  expect(signature).toBe(`sha256=${createHmac("sha256", "s").update(body).digest("hex")}`);
  const failed = await github
    .as("alice")
    .request("GET /repos/acme/lib/hooks/{id}/deliveries?status=failure", {
      id: Number(hook["id"]),
    });
  expect(failed.data).toEqual([]);
  const noted = (await entries()).filter(({ kind }) => kind === "delivery");
  expect(noted).toMatchObject([
    { event: "ping", status: 204 },
    { event: "issue_comment", action: "created", guid: delivered!.guid, redelivery: false, status: 204 },
    { guid: delivered!.guid, redelivery: true, status: 204 },
  ]);
  receiver.close();
});
