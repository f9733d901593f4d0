// Payloads become events: which, and with what in them.
import { describe, expect, it } from "vitest";
import { normalise } from "../../src/hook/normalise.ts";
import type { Event } from "../../src/model/event.ts";
import { MalformedError } from "../../src/model/github-decode.ts";
import { body, comment, issue, pullRequest, repository } from "./payloads.ts";

const events = (event: string, text: string): Event[] =>
  normalise({ guid: "g", event, headers: {}, body: text, receivedAt: "" });
const kinds = (list: Event[]) =>
  list.map((event) => `${event.kind} ${"action" in event ? event.action : "-"}`);

describe("normalise", () => {
  it("makes a pull request event, and a comment of its body when it is opened or edited", () => {
    const opened = events("pull_request", body({ action: "opened", number: 7, pull_request: pullRequest }));
    expect(kinds(opened)).toEqual(["pull_request opened", "comment created"]);
    expect(opened[1]).toMatchObject({
      guid: "g",
      repo: { org: "acme", repo: "tool" },
      source: "pull_request",
      number: 7,
      isPR: true,
      body: "/hold\nplease",
      author: { login: "alice" },
      sender: { login: "bob" },
      issue: { title: "Fix it", state: "open", labels: [{ name: "lgtm" }] },
    });
    const changes = { title: { from: "Old" }, base: { ref: { from: "dev" }, sha: { from: "c" } } };
    const edited = events("pull_request", body({ action: "edited", pull_request: pullRequest, changes }));
    expect(kinds(edited)).toEqual(["pull_request edited", "comment edited"]);
    expect(edited[0]).toMatchObject({ changes });
  });

  it("tells when it happened: what is older answers something else", () => {
    const at = (event: string, fields: object) => events(event, body(fields)).map((made) => made.at);
    const time = (n: number) => `2025-01-0${n}T00:00:00Z`;
    const pull_request = { ...pullRequest, updated_at: time(2) };
    expect(at("pull_request", { action: "opened", pull_request })).toEqual([time(2), time(2)]);
    const said = { ...comment, updated_at: time(3) };
    expect(at("issue_comment", { action: "edited", issue, comment: said })).toEqual([time(3)]);
    const review = { ...comment, state: "approved", submitted_at: time(4) };
    const submitted = { action: "submitted", pull_request, review };
    expect(at("pull_request_review", submitted)).toEqual([time(4), time(4)]);
    expect(at("issues", { action: "labeled", issue })).toEqual([issue.updated_at]);
    const status = { sha: "a", context: "c", state: "success", updated_at: time(5) };
    expect(at("status", status)).toEqual([time(5)]);
    expect(at("status", { ...status, updated_at: null })).toEqual([""]);
  });

  it.each(["labeled", "synchronize", "closed", "assigned"])(
    "makes no comment of a pull request %s",
    (action) => {
      const label = { name: "lgtm" };
      const list = events("pull_request", body({ action, label, pull_request: pullRequest }));
      expect(kinds(list)).toEqual([`pull_request ${action}`]);
      expect(list[0]).toMatchObject({ label });
    },
  );

  it("tells issues and pull requests apart in comments", () => {
    const onPR = events("issue_comment", body({ action: "created", issue, comment }));
    expect(onPR).toMatchObject([
      { kind: "comment", source: "issue_comment", isPR: true, commentId: 99, author: { login: "bob" } },
    ]);
    const { pull_request: _, ...plain } = issue;
    const onIssue = events("issue_comment", body({ action: "deleted", issue: plain, comment }));
    expect(onIssue).toMatchObject([{ isPR: false, action: "deleted" }]);
  });

  it("makes issue events", () => {
    const { pull_request: _, ...plain } = issue;
    expect(kinds(events("issues", body({ action: "opened", issue: plain })))).toEqual([
      "issue opened",
      "comment created",
    ]);
    expect(kinds(events("issues", body({ action: "labeled", issue: plain, label: { name: "x" } })))).toEqual([
      "issue labeled",
    ]);
  });

  it("makes review and comment of a review; a dismissed one counts as deleted text", () => {
    const review = { ...comment, state: "approved", submitted_at: "2025-01-01T00:00:00Z", body: null };
    const submitted = events(
      "pull_request_review",
      body({ action: "submitted", review, pull_request: pullRequest }),
    );
    expect(kinds(submitted)).toEqual(["review submitted", "comment created"]);
    expect(submitted[0]).toMatchObject({ review: { state: "APPROVED", body: null } });
    expect(submitted[1]).toMatchObject({ body: "", createdAt: "2025-01-01T00:00:00Z" });
    const of = { ...review, commit_id: "c".repeat(40) };
    const reviewed = body({ action: "submitted", review: of, pull_request: pullRequest });
    expect(events("pull_request_review", reviewed)[1]).toMatchObject({ commitId: "c".repeat(40) });
    const gone = events(
      "pull_request_review",
      body({ action: "dismissed", review, pull_request: pullRequest }),
    );
    expect(kinds(gone)).toEqual(["review dismissed", "comment deleted"]);
    const inline = body({ action: "created", comment, pull_request: pullRequest });
    expect(kinds(events("pull_request_review_comment", inline))).toEqual(["comment created"]);
  });

  it("makes of check runs what is asked of them, and nothing of what is told of them", () => {
    const run = { name: "unit", external_id: "job-1", head_sha: "a", app: { slug: "ci" }, pull_requests: [] };
    const check_run = { ...run, pull_requests: [{ number: 7 }] };
    const pressed = { action: "requested_action", check_run, requested_action: { identifier: "cancel" } };
    const about = { kind: "check", sha: "a", app: "ci", run: { name: "unit", externalId: "job-1" } };
    expect(events("check_run", body(pressed))).toMatchObject([
      { ...about, action: "requested_action", identifier: "cancel", pulls: [7] },
    ]);
    expect(events("check_run", body({ action: "rerequested", check_run: run }))).toMatchObject([
      { ...about, action: "rerequested", pulls: [] },
    ]);
    const check_suite = { head_sha: "a", app: { slug: "ci" }, pull_requests: [] };
    const suite = events("check_suite", body({ action: "rerequested", check_suite }));
    expect(suite).toMatchObject([{ kind: "check", action: "suite", sha: "a", app: "ci" }]);
    expect("run" in suite[0]!).toBe(false);
    for (const action of ["created", "completed", "requested"]) {
      expect(events("check_run", body({ action, check_run: run }))).toEqual([]);
      expect(events("check_suite", body({ action, check_suite }))).toEqual([]);
    }
  });

  it("makes pushes and statuses", () => {
    const push = {
      ref: "refs/heads/main",
      before: "b",
      after: "a",
      created: false,
      deleted: false,
      compare: "https://x",
      commits: [{ id: "a", message: "m", added: ["x"], removed: [], modified: ["y"] }],
    };
    expect(events("push", body(push))).toMatchObject([
      { kind: "push", ref: "refs/heads/main", commits: push.commits },
    ]);
    const status = { sha: "a", context: "ci", state: "success", description: null };
    expect(events("status", body(status))).toMatchObject([
      { kind: "status", context: "ci", state: "success", description: "" },
    ]);
  });

  it("makes nothing of events that it does not know", () => {
    for (const event of ["ping", "brand_new", "constructor", "__proto__"])
      expect(events(event, "{}")).toEqual([]);
  });

  it("takes the author of a deleted account as ghost", () => {
    const orphan = { ...comment, user: null };
    expect(events("issue_comment", body({ action: "created", issue, comment: orphan }))).toMatchObject([
      { author: { login: "ghost" } },
    ]);
  });

  const known = ["issues", "issue_comment", "pull_request", "pull_request_review", "push", "status"];
  const broken: [string, string][] = [
    ["not JSON", "{"],
    ["a list", "[]"],
    ["nothing in it", "{}"],
    ["a null repository", JSON.stringify({ repository: null })],
    ["wrong types", JSON.stringify({ repository, action: 7, issue: 1, pull_request: "x", ref: {}, sha: [] })],
    ["a deep nest", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
    ["a planted prototype", '{"__proto__": {"repository": {"name": "x", "owner": {"login": "y"}}}}'],
  ];
  it.each(broken)("reports %s as malformed", (_, text) => {
    for (const event of known) expect(() => events(event, text)).toThrow(MalformedError);
  });

  it("names the place of what is wrong", () => {
    const bad = { ...pullRequest, head: { ref: 3, sha: "a", repo: null } };
    expect(() => events("pull_request", body({ action: "opened", pull_request: bad }))).toThrow(
      "pull_request.head.ref: expected a string, found 3",
    );
  });
});
