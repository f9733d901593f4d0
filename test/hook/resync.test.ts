// Open pull requests compared with what webhooks told, on the emulator: what never came is worked on once.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectGitHub, type GitHubOptions } from "../../src/github/client.ts";
import { memoryMarks } from "../../src/hook/mark-store.ts";
import { normalise } from "../../src/hook/normalise.ts";
import { runResync } from "../../src/hook/run-resync.ts";
import { type Clock, systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { decodeDelivery } from "../../src/model/delivery.ts";
import { asOf, commentName, namesOf } from "../../src/model/happening.ts";
import type { Queue, QueueItem } from "../../src/queue/port.ts";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { httpServer } from "../lib/http-server.ts";
import { commit, lib, openPull, type TestGitHub, testGitHub } from "../local/github/world.ts";
import { keptMarks } from "./kept-marks.ts";

let github: TestGitHub;
let queue: Queue;
let pr: number;
let auth: GitHubOptions["auth"];
/** Where GitHub is asked; its search is asked of itself. */
let rest: string;
const MINUTE = 60_000;

beforeEach(async () => {
  github = await testGitHub();
  rest = github.url;
  auth = { token: async () => "bot-token" };
  pr = (await openPull(github.as("alice"), "mend", "mend.txt", "1\n")).number;
});
afterEach(async () => {
  await queue.close();
  await github.close();
});

const after = (minutes: number): Clock => ({
  ...systemClock,
  now: () => new Date(Date.now() + minutes * MINUTE),
});
/** Of a queue that remembers since then. */
const since = (minutes: number): Queue => sqliteQueue({ file: ":memory:", clock: after(minutes) });

const signedIn = () =>
  connectGitHub({
    endpoints: [rest],
    maxTries: 1,
    graphqlEndpoint: `${github.url}/graphql`,
    auth,
    clock: systemClock,
    log: silent,
  });

/** As if so long had passed since all that happened; of a hook that has run since `started`. With `meanwhile`, twice, 90 minutes apart. */
async function resync(
  minutesLater = 6,
  marks = memoryMarks(),
  started = minutesLater,
  meanwhile?: () => Promise<unknown>,
): Promise<QueueItem[]> {
  const rounds = meanwhile ? 2 : 1;
  const { read, relay } = signedIn();
  const stop = new AbortController();
  let pauses = 0;
  const added: QueueItem[] = [];
  await runResync(
    {
      ...{
        read,
        relay,
        log: silent,
        random: () => 1,
        periodMs: 900_000,
        acts: () => true,
        marks,
      },
      queue: {
        ...queue,
        async add(item) {
          const answer = await queue.add(item);
          if (answer.added) added.push(item);
          return answer;
        },
      },
      places: () => [{ org: "acme", repo: "" }],
      secrets: async () => ({ token: "s" }),
      // The first pause is before the first round.
      clock: {
        now: () => after(pauses === 0 ? started : minutesLater + (pauses - 1) * 90).now(),
        async sleep() {
          if (pauses++ === rounds) stop.abort();
          else if (pauses > 1) await meanwhile?.();
        },
      },
    },
    stop.signal,
  );
  return added;
}

const events = (items: QueueItem[]) =>
  items.flatMap(({ payload }) =>
    normalise(decodeDelivery(payload)).map(
      (event) => `${event.kind}.${"action" in event ? event.action : ""}`,
    ),
  );

test("a pull request, a comment and a review of which nobody told are worked on, once", async () => {
  queue = since(-60);
  await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  await github.as("bob").pulls.createReview({ ...lib, pull_number: pr, event: "APPROVE" });
  const items = await resync();
  expect(events(items)).toEqual([
    "pull_request.opened",
    "comment.created",
    "comment.created",
    "review.submitted",
    "comment.created",
  ]);
  expect(new Set(items.map(({ group }) => group))).toEqual(new Set([`acme/lib#${pr}`]));
  expect(await resync()).toEqual([]);
});

test("of a comment that was edited since nobody knows what it said", async () => {
  queue = since(-60);
  const { data } = await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "nice" });
  // Times have whole seconds.
  await systemClock.sleep(1_050);
  await github.as("bob").issues.updateComment({ ...lib, comment_id: data.id, body: "/override unit" });
  expect(events(await resync())).toEqual(["pull_request.opened", "comment.created"]);
});

test("what the bot says is nothing to work on, but what a person says who has its App's slug for a name is", async () => {
  queue = since(-60);
  await github.admin("seed", { users: [{ login: "robot", token: "robot-token" }] });
  const { id, pem } = await github.admin("apps", {
    ...{ name: "robot", owner: "alice", installations: [{ account: "acme" }] },
    permissions: { issues: "write", pull_requests: "write", contents: "read" },
  });
  auth = { appId: String(id), privateKey: String(pem) };
  await signedIn().write.createComment({ org: "acme", repo: "lib", number: pr }, "/hold");
  await github.as("robot").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  const said = (await resync()).flatMap(({ payload }) => normalise(decodeDelivery(payload)));
  expect(said.flatMap((event) => ("commentId" in event ? [event.author.login] : []))).toEqual(["robot"]);
});

test("what a webhook told is left alone, and so is what it may still tell", async () => {
  queue = since(-60);
  const { data } = await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  const name = commentName(`acme/lib#${pr}`, data.id);
  await queue.add({ id: "guid", group: "g", payload: "", also: [name] });
  expect(await resync(0)).toEqual([]);
  expect(events(await resync())).not.toContain("issue_comment");
  expect((await queue.state()).waiting).toBe(2);
});

test("a webhook that comes after all is not worked on again", async () => {
  queue = since(-60);
  const { data } = await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  await resync();
  const also = [commentName(`acme/lib#${pr}`, data.id)];
  expect(await queue.add({ id: "late", group: "g", payload: "", also })).toEqual({ added: false });
});

test("what is opened again is, though nobody but we told of its head before it was closed", async () => {
  queue = since(-60);
  await resync();
  await commit(github.as("alice"), lib, "mend", "mend.txt", "2\n");
  expect(events(await resync())).toEqual(["pull_request.synchronize"]);
  const { data } = await github.as("alice").pulls.get({ ...lib, pull_number: pr });
  const also = namesOf("pull_request", {
    action: "reopened",
    pull_request: data,
    repository: data.base.repo,
  });
  expect(await queue.add({ id: "late", group: "g", payload: "", also })).toEqual({ added: true });
});

test("whoever is told that it was opened again asks nobody for its head", async () => {
  queue = since(-60);
  await resync();
  await commit(github.as("alice"), lib, "mend", "mend.txt", "2\n");
  const { data } = await github.as("alice").pulls.get({ ...lib, pull_number: pr });
  const also = namesOf("pull_request", {
    action: "reopened",
    pull_request: data,
    repository: data.base.repo,
  });
  await queue.add({ id: "guid", group: "g", payload: "", also });
  expect(events(await resync())).toEqual([]);
});

/** A webhook of a push to the pull request as it is now, as the gateway adds it. */
async function pushed(id: string): Promise<QueueItem> {
  const { data } = await github.as("alice").pulls.get({ ...lib, pull_number: pr });
  const payload = { action: "synchronize", pull_request: data, repository: data.base.repo };
  const [also, time] = [namesOf("pull_request", payload), asOf("pull_request", payload)];
  return { id, group: "g", payload: "", also, asOf: time };
}

test("a push back to a head that only we told of is another push; the one that we told of is not", async () => {
  queue = since(-60);
  await resync();
  await commit(github.as("alice"), lib, "mend", "mend.txt", "2\n");
  const late = await pushed("late");
  expect(events(await resync())).toEqual(["pull_request.synchronize"]);
  expect(await queue.add(late)).toEqual({ added: false });
  const { data: mended } = await github.as("alice").git.getRef({ ...lib, ref: "heads/mend" });
  // Times have whole seconds.
  await systemClock.sleep(1_050);
  await commit(github.as("alice"), lib, "mend", "mend.txt", "3\n");
  expect(await queue.add(await pushed("away"))).toEqual({ added: true });
  const back = { ref: "heads/mend", sha: mended.object.sha, force: true };
  await github.as("alice").git.updateRef({ ...lib, ...back });
  expect(await queue.add(await pushed("back"))).toEqual({ added: true });
});

test("a head that was pushed is told as a push, by GitHub's own time of it", async () => {
  queue = since(-60);
  await resync();
  await commit(github.as("alice"), lib, "mend", "mend.txt", "2\n");
  expect(events(await resync())).toEqual(["pull_request.synchronize"]);
  expect(await resync(60)).toEqual([]);
});

test("of what was before the queue's memory nothing is worked on", async () => {
  queue = since(1);
  await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  expect(await resync(60)).toEqual([]);
});

test("but what happened while the queue held what it has forgotten since is, when the sweep of the log is through", async () => {
  queue = since(1);
  const { marks } = keptMarks();
  await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  const [from, to] = [Date.now() - 30 * MINUTE, Date.now() + 1 * MINUTE];
  const mark = { began: from, since: to, done: to, lost: [{ from, to }] };
  await marks.change(() => mark);
  expect(await resync(20, marks)).toEqual([]);
  await marks.change(() => ({ ...mark, lost: [{ from, to, swept: true }] }));
  expect(events(await resync(20, marks))).toEqual([
    "pull_request.opened",
    "comment.created",
    "comment.created",
  ]);
  expect((await marks.read())?.lost).toEqual([]);
});

describe("what GitHub can not show is found when it can", () => {
  test.each([
    [
      "comment.created",
      "/issues/comments/",
      () => github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" }),
    ],
    [
      "pull_request.synchronize",
      "/activity",
      () => commit(github.as("alice"), lib, "mend", "mend.txt", "2\n"),
    ],
  ])("%s", async (event, path, happen) => {
    queue = since(-60);
    await resync();
    await happen();
    let isBroken = true;
    const limping = await httpServer(async ({ url = "", headers }, response) => {
      const { authorization = "" } = headers;
      const answer = await fetch(`${github.url}${url}`, { headers: { authorization } });
      if (isBroken && url.includes(path)) response.writeHead(502).end();
      else response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    });
    rest = limping.url;
    const heal = async () => {
      isBroken = false;
    };
    expect(events(await resync(40, memoryMarks(), 40, heal))).toEqual([event]);
    limping.close();
  });
});

test("a head that was lost is found when its time is compared, though the pull request was looked at before", async () => {
  // Times have whole seconds.
  await systemClock.sleep(1_050);
  const from = Math.floor(Date.now() / 1_000) * 1_000;
  await commit(github.as("alice"), lib, "mend", "mend.txt", "2\n");
  await systemClock.sleep(1_050);
  queue = since(0);
  await systemClock.sleep(1_050);
  await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  const to = Date.parse((await queue.state()).since);
  const { marks } = keptMarks();
  const mark = { began: from, since: to, done: to, lost: [{ from, to }] };
  await marks.change(() => mark);
  const swept = () => marks.change(() => ({ ...mark, lost: [{ from, to, swept: true }] }));
  expect(events(await resync(20, marks, 20, swept))).toEqual(["comment.created", "pull_request.synchronize"]);
});

test("what a webhook is still to tell of is left to it, for half an hour after it was last known to be on its way", async () => {
  queue = since(-60);
  const { marks } = keptMarks();
  await systemClock.sleep(1_050);
  const { data } = await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  // Hosts' clocks differ by two minutes at most.
  const from = Date.parse(data.created_at) - 1_000 + 2 * MINUTE;
  const none = { began: 0, since: 0, done: 0, lost: [] };
  await marks.change(() => ({ ...none, behind: { from, at: Date.now() + 19 * MINUTE } }));
  const before = await resync(20, marks);
  expect(events(before)).toEqual(["pull_request.opened", "comment.created"]);
  expect(await resync(40, marks)).toEqual([]);
  expect(events(await resync(50, marks))).toEqual(["comment.created"]);
});

test("however long ago that was, the sweep has half an hour from the start on", async () => {
  queue = since(1);
  const { marks } = keptMarks();
  await github.as("bob").issues.createComment({ ...lib, issue_number: pr, body: "/hold" });
  const [from, to] = [Date.now() - 30 * MINUTE, Date.now() + 1 * MINUTE];
  await marks.change(() => ({ began: from, since: to, done: to, lost: [{ from, to }] }));
  expect(await resync(100, marks, 80)).toEqual([]);
  expect(events(await resync(100, marks, 60))).toContain("comment.created");
});
