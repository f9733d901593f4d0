// The checker of npm run chaos sees what is lost and what is doubled, and does not cry without reason.
import { describe, expect, test } from "vitest";
import { check } from "../../scripts/chaos/check.ts";
import { checkStorage } from "../../scripts/chaos/check-storage.ts";
import type { Facts, PullFacts } from "../../scripts/chaos/facts.ts";
import { plan, type Size } from "../../scripts/chaos/plan.ts";
import { inventedGUID } from "../../src/hook/invented.ts";
import type { Entry, Recorded } from "../../src/local/github/ledger.ts";
import { commentName, headName } from "../../src/model/happening.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";

const BOT = "cutwater[bot]";
let next = 1;

const recorded = (entry: Entry): Recorded => ({ n: next++, at: "", ...entry });

function delivery(guid: string, payload: object, event: string, action: string, status = 200): Recorded {
  const text = JSON.stringify({ repository: { name: "knots" }, ...payload });
  return recorded({
    kind: "delivery",
    guid,
    target: "app:1",
    event,
    action,
    redelivery: false,
    status,
    payload: text,
  });
}

function said(guid: string, by: string, body: string, status = 200): Recorded {
  const comment = { id: 100 + next, body, user: { login: by } };
  const issue = { number: 1, state: "open", user: { login: "grace" } };
  return delivery(guid, { comment, issue }, "issue_comment", "created", status);
}

const pushed = (guid: string, sha: string, action = "synchronize"): Recorded =>
  delivery(guid, { pull_request: { number: 1, head: { sha } } }, "pull_request", action);

const wrote = (path: string, body: object, method = "POST", status = 201): Recorded =>
  recorded({ kind: "write", request: "", who: BOT, method, path, body, status, id: null, lost: false });

const pull = (more: Partial<PullFacts> = {}): PullFacts => ({
  ...{ repo: "knots", number: 1, open: true, merged: false, head: "abc", branch: "b", labels: ["size/XS"] },
  ...{ comments: [], statuses: [] },
  ...more,
});

const job = (name: string, of: string, guid: string, more: Partial<ProwJob["status"]> = {}): ProwJob =>
  ({
    metadata: { name, labels: { "event-GUID": guid } },
    spec: {
      type: "presubmit",
      job: of,
      refs: { org: "o", repo: "knots", pulls: [{ number: 1, sha: "abc" }] },
    },
    status: { state: "success", completionTime: "2026-01-01T00:00:00Z", ...more },
  }) as unknown as ProwJob;

const facts = (ledger: Recorded[], more: Partial<Facts> = {}): Facts => ({
  ...{ bot: BOT, ledger, pulls: [pull()], jobs: [], pods: new Map(), dead: [] },
  stored: { objects: new Map(), writes: [] },
  hook: { invented: new Set(), over: new Set() },
  ...more,
});

/** What is wrong but for jobs. */
const lostLabels = (ledger: Recorded[], more?: Partial<Facts>): string[] =>
  check(facts(ledger, more)).lost.filter((text) => text.includes("label"));

/** As often as it was sent again. */
const again = (one: Recorded, status = 200): Recorded => ({ ...one, n: next++, status }) as Recorded;

describe("a label", () => {
  test("that an acknowledged command asks for is missed", () => {
    expect(check(facts([said("1", "margaret", "/hold")])).lost).toEqual([
      "knots#1: label do-not-merge/hold is missing",
    ]);
    const held = { pulls: [pull({ labels: ["size/XS", "do-not-merge/hold"] })] };
    expect(check(facts([said("1", "margaret", "/hold")], held)).lost).toEqual([]);
    const ledger = [said("1", "margaret", "/hold"), said("2", "margaret", "/hold cancel")];
    expect(check(facts(ledger, held)).lost).toEqual(["knots#1: label do-not-merge/hold is still there"]);
  });

  test("may be there or not when the command never came, or came after a later one", () => {
    expect(check(facts([said("1", "margaret", "/hold", 502)])).lost).toEqual([]);
    const [first, later] = [said("1", "margaret", "/hold", 502), said("2", "margaret", "/hold cancel")];
    expect(check(facts([first, later, again(first)])).lost).toEqual([]);
  });

  test("may be there or not when the command was sent again after a later one, though that had no answer", () => {
    const [first, later] = [said("1", "margaret", "/hold"), said("2", "margaret", "/hold cancel")];
    expect(check(facts([first, later, again(first, 502)])).lost).toEqual([]);
    const held = { pulls: [pull({ labels: ["size/XS", "do-not-merge/hold"] })] };
    expect(check(facts([first, later, again(first, 502)], held)).lost).toEqual([]);
    expect(check(facts([first, again(first), again(later)], held)).lost).toEqual([
      "knots#1: label do-not-merge/hold is still there",
    ]);
  });

  test("may be there or not when hook told itself of the command, since nobody knows when", () => {
    const full = { repository: { name: "knots", full_name: "o/knots" } };
    const command = (guid: string, id: number, body: string) => {
      const comment = { id, body, user: { login: "margaret" } };
      const issue = { number: 1, state: "open", user: { login: "grace" } };
      return delivery(guid, { ...full, comment, issue }, "issue_comment", "created");
    };
    const ledger = [command("1", 5, "/hold"), command("2", 6, "/hold cancel")];
    const held = { pulls: [pull({ labels: ["size/XS", "do-not-merge/hold"] })] };
    expect(check(facts(ledger, held)).lost).toHaveLength(1);
    const hook = { invented: new Set([inventedGUID(commentName("o/knots#1", 5))]), over: new Set<string>() };
    expect(check(facts(ledger, { ...held, hook })).lost).toEqual([]);
  });

  test("lgtm goes with a push", () => {
    const ledger = [said("1", "margaret", "/lgtm"), pushed("2", "old")];
    const labels = { pulls: [pull({ labels: ["size/XS", "lgtm"] })] };
    expect(lostLabels(ledger, labels)).toEqual(["knots#1: label lgtm is still there"]);
    expect(lostLabels(ledger)).toEqual([]);
  });

  test("lgtm need not be there when a push came after it was said, of which no webhook tells", () => {
    const push = () => wrote("/repos/o/knots/contents/a", { branch: "b" }, "PUT", 200);
    const saying = (id: number) => {
      const wrote = { request: "", who: "margaret", method: "POST", body: {}, status: 201, id, lost: false };
      const write = recorded({ kind: "write", path: "/repos/o/knots/issues/1/comments", ...wrote });
      const comment = { id, body: "/lgtm", user: { login: "margaret" } };
      const issue = { number: 1, state: "open", user: { login: "grace" } };
      return [write, delivery(`${id}`, { comment, issue }, "issue_comment", "created")];
    };
    const missing = ["knots#1: label lgtm is missing"];
    expect(lostLabels([push(), ...saying(5), push()])).toEqual([]);
    expect(lostLabels([push(), push(), ...saying(6)])).toEqual(missing);
    expect(lostLabels([push(), ...saying(7), push(), ...saying(8)])).toEqual(missing);
  });
});

test("jobs of the head, and of commands, have to be there, once, and to have ended", () => {
  const ledger = [pushed("1", "abc", "opened"), said("2", "grace", "/test extra")];
  const statuses = ["unit", "flaky", "extra", "dco"].map((context) => ({ context, state: "success" }));
  const all = [job("a", "unit", "1"), job("b", "flaky", "1"), job("c", "extra", "2")];
  const pods = new Map(all.map(({ metadata }) => [metadata.name, new Set(["uid"])] as const));
  const sound = { jobs: all, pods, pulls: [pull({ statuses })] };
  expect(check(facts(ledger, sound))).toEqual({ lost: [], doubled: [] });
  expect(check(facts(ledger, { ...sound, jobs: all.slice(0, 2) })).lost).toEqual([
    "knots#1: issue_comment 2 started no extra",
  ]);
  expect(check(facts(ledger, { ...sound, pulls: [pull({ statuses: statuses.slice(0, 3) })] })).lost).toEqual([
    "knots#1: status dco is absent",
  ]);
  const twice = {
    ...sound,
    jobs: [...all, job("d", "extra", "2")],
    pods: new Map([...pods, ["d", new Set(["1", "2"])]]),
  };
  expect(check(facts(ledger, twice)).doubled).toEqual([
    "two ProwJobs: extra of delivery 2",
    "two pods of ProwJob d",
  ]);
  const hanging = {
    ...sound,
    jobs: [...all.slice(1), job("a", "unit", "1", { state: "pending", completionTime: undefined })],
  };
  expect(check(facts(ledger, hanging)).lost).toEqual([
    "ProwJob a has not ended: pending",
    "knots#1: status unit is success, its newest jobs are pending",
  ]);
});

describe("jobs of a push", () => {
  const closed = { pulls: [pull({ open: false })] };
  const lostJobs = (ledger: Recorded[], more: Partial<Facts> = {}) =>
    check(facts(ledger, { ...closed, ...more })).lost.filter((text) => text.includes("started no"));
  const over = (...guids: string[]) => ({ hook: { invented: new Set<string>(), over: new Set(guids) } });

  test("have to be there though another push came, and though it was closed", () => {
    const ledger = [pushed("1", "old"), pushed("2", "abc"), pushed("3", "abc", "closed")];
    const jobs = [job("a", "unit", "2"), job("b", "flaky", "2")];
    expect(lostJobs(ledger, { jobs })).toEqual([
      "knots#1: pull_request 1 started no unit",
      "knots#1: pull_request 1 started no flaky",
    ]);
  });

  test("need not be there when hook found that it was over, and something did come after it", () => {
    const ledger = [pushed("1", "old"), pushed("2", "abc")];
    expect(lostJobs(ledger, over("1", "2"))).toEqual([
      "knots#1: pull_request 2 started no unit",
      "knots#1: pull_request 2 started no flaky",
    ]);
  });

  test("are those of its own webhook, or of hook itself that told of the head", () => {
    const full = { repository: { name: "knots", full_name: "o/knots" } };
    const head = "a".repeat(40);
    const payload = { ...full, pull_request: { number: 1, head: { sha: head } } };
    const ledger = [delivery("1", payload, "pull_request", "synchronize")];
    const started = (guid: string) => [
      job(`${guid} unit`, "unit", guid),
      job(`${guid} flaky`, "flaky", guid),
    ];
    const guid = inventedGUID(headName("o/knots#1", head));
    expect(lostJobs(ledger, { jobs: started("other") })).toHaveLength(2);
    expect(lostJobs(ledger, { jobs: started(guid) })).toEqual([]);
    expect(check(facts(ledger, { jobs: [...started("1"), ...started(guid)] })).doubled).toEqual([
      "two ProwJobs: unit of delivery 1",
      "two ProwJobs: flaky of delivery 1",
    ]);
  });
});

test("the status of a head is that of the newest run of its job", () => {
  const run = (name: string, second: number, state: "success" | "failure" | "aborted"): ProwJob => {
    const one = job(name, "unit", name, { state });
    const creationTimestamp = `2026-01-01T00:00:0${second}Z`;
    return { ...one, metadata: { ...one.metadata, creationTimestamp } };
  };
  const verdict = (...jobs: ProwJob[]) => {
    const statuses = [{ context: "unit", state: "success" }];
    const pods = new Map(jobs.map(({ metadata }) => [metadata.name, new Set(["uid"])] as const));
    return check(facts([], { jobs, pods, pulls: [pull({ statuses })] })).lost;
  };
  expect(verdict(run("old", 1, "failure"), run("new", 2, "success"))).toEqual([]);
  expect(verdict(run("new", 2, "failure"), run("old", 1, "success"))).toEqual([
    "knots#1: status unit is success, its newest jobs are failure",
  ]);
  expect(verdict(run("one", 1, "success"), run("other", 1, "failure"))).toEqual([]);
  expect(verdict(run("old", 1, "failure"), run("new", 2, "aborted"))).toEqual([]);
});

test("answers, statuses, merges and standing notices are there once", () => {
  const refused = said("1", "grace", "/lgtm");
  const id = (JSON.parse((refused as { payload: string }).payload) as { comment: { id: number } }).comment.id;
  expect(check(facts([refused])).lost).toEqual([`knots#1: comment ${id} (1) was not answered`]);
  const answer = { id: 7, login: BOT, body: `In response to [this](https://x/pull/1#issuecomment-${id})` };
  expect(check(facts([refused], { pulls: [pull({ comments: [answer] })] }))).toEqual({
    lost: [],
    doubled: [],
  });
  expect(check(facts([refused], { pulls: [pull({ comments: [answer, answer] })] })).doubled).toHaveLength(1);

  const status = { context: "unit", state: "success", description: "", target_url: "" };
  const path = "/repos/harbour/knots/statuses/abc";
  const written = [
    wrote(path, status),
    wrote(path, status),
    wrote(path, { ...status, state: "failure" }),
    wrote(path, status),
  ];
  expect(check(facts(written)).doubled).toHaveLength(1);
  const nameless = { ...status, state: "pending", target_url: null };
  const twoRuns = { jobs: [job("a", "unit", "1"), job("b", "unit", "2")] };
  const doubled = (times: number) =>
    check(facts(Array(times).fill(wrote(path, nameless)), twoRuns)).doubled.filter((text) =>
      text.includes("written"),
    );
  expect([doubled(2).length, doubled(3).length]).toEqual([0, 1]);
  const merge = "/repos/harbour/knots/pulls/1/merge";
  expect(check(facts([wrote(merge, {}, "PUT", 200), wrote(merge, {}, "PUT", 200)])).doubled).toEqual([
    `merged twice: ${merge}`,
  ]);
  const comments = "/repos/harbour/knots/issues/1/comments";
  const taken = (id: number) =>
    ({ ...wrote(comments, { body: "New changes are detected." }), id }) as Recorded;
  const undone = () => wrote("/repos/harbour/knots/issues/comments/5", {}, "DELETE", 204);
  expect(check(facts([taken(5), taken(6)])).doubled).toHaveLength(1);
  expect(check(facts([taken(5), undone(), taken(7)])).doubled).toEqual([]);
  const notice = { id: 8, login: BOT, body: "[APPROVALNOTIFIER] This PR is **APPROVED**" };
  expect(
    check(facts([], { pulls: [pull({ comments: [notice, { ...notice, id: 9 }] })] })).doubled,
  ).toHaveLength(1);
});

describe("object storage", () => {
  const place = "pr-logs/pull/harbour_knots/1/unit/7";
  const ended = job("a", "unit", "1", { build_id: "7", startTime: "2026-01-01T00:00:00Z" });
  const told = { ...ended, metadata: { ...ended.metadata, resourceVersion: "5" } };
  const by = { metadata: { uploader: "crier" } };
  const files: Record<string, object> = {
    "started.json": { timestamp: 1767225600, pull: "1", "repo-commit": "abc", ...by },
    "finished.json": { timestamp: 1767225600, passed: true, result: "success", ...by },
    "prowjob.json": { ...told, status: { ...told.status, prev_report_states: { other: "success" } } },
  };
  const write = (file: string, content: object) => ({
    name: `${place}/${file}`,
    content: JSON.stringify(content),
  });
  const sound = Object.entries(files).map(([file, content]) => write(file, content));
  const verdict = (writes: typeof sound) =>
    checkStorage([ended], { objects: new Map(writes.map(({ name, content }) => [name, content])), writes });

  test("holds what each job that has ended left there, as its ProwJob is", () => {
    expect(verdict(sound)).toEqual({ lost: [], doubled: [] });
    expect(verdict(sound.slice(1)).lost).toEqual([`${place}/started.json is not in storage`]);
    const wrong = { ...files["finished.json"], passed: false };
    expect(verdict([...sound.slice(0, 1), write("finished.json", wrong), ...sound.slice(2)]).lost).toEqual([
      `${place}/finished.json does not tell of a`,
    ]);
    const running = { ...told, status: { ...told.status, state: "pending" } };
    expect(verdict([...sound.slice(0, 2), write("prowjob.json", running)]).lost).toEqual([
      `${place}/prowjob.json does not tell of a`,
    ]);
  });

  test("has the outcome once, the beginning in the same words, and no older news last", () => {
    expect(verdict([...sound, sound[0]!]).doubled).toEqual([]);
    expect(verdict([...sound, sound[1]!]).doubled).toEqual([`${place}/finished.json was written 2 times`]);
    const other = write("started.json", { ...files["started.json"], "repo-version": "def" });
    expect(verdict([...sound, other]).doubled).toEqual([
      `${place}/started.json was overwritten by something else`,
    ]);
    const newer = { ...told, metadata: { ...told.metadata, resourceVersion: "6" } };
    expect(verdict([...sound.slice(0, 2), write("prowjob.json", newer), sound[2]!]).doubled).toEqual([
      `${place}/prowjob.json was overwritten by older news: versions 6,5`,
    ]);
  });
});

test("what was given up, and a pull request that was ready and stayed, are lost", () => {
  expect(check(facts([], { dead: ["1: malformed"] })).lost).toEqual(["delivery 1: malformed was given up"]);
  const ready = pull({
    labels: ["size/XS", "lgtm", "approved", "ready"],
    statuses: [{ context: "unit", state: "success" }],
  });
  const ledger = [said("1", "margaret", "/lgtm"), said("2", "ada", "/approve")];
  expect(check(facts(ledger, { pulls: [ready] })).lost).toEqual([
    "knots#1: it was ready, and was not merged",
  ]);
  expect(check(facts(ledger, { pulls: [{ ...ready, open: false, merged: true }] })).lost).toEqual([]);
});

test("a seed repeats its plan, and another one is another plan", () => {
  const size: Size = {
    repos: 2,
    pulls: 4,
    acts: 50,
    kills: 5,
    failpoints: 5,
    redisKills: 1,
    redisFlushes: 1,
    cuts: 1,
    sweepSeconds: 3,
  };
  expect(plan(7, size)).toEqual(plan(7, size));
  expect(plan(7, size)).not.toEqual(plan(8, size));
  const kills = plan(7, size).filter(({ trouble }) => trouble?.do === "kill" || trouble?.do === "failpoint");
  expect(kills).toHaveLength(10);
});
