// Webhooks: signed, valid against GitHub's published schemas, in order, logged, redelivered with the same GUID.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HTTPServer, httpServer } from "../../lib/http-server.ts";
import { commit, installedApp, lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

interface Received {
  event: string;
  action: string | undefined;
  guid: string;
  signed: boolean;
  payload: Record<string, unknown>;
}

const SECRET = "hush";
let github: TestGitHub;
let listener: HTTPServer;
let answer = 200;
const received: Received[] = [];

beforeAll(async () => {
  listener = await httpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
    const payload = JSON.parse(body.toString()) as Record<string, unknown>;
    received.push({
      event: String(request.headers["x-github-event"]),
      action: payload["action"] as string | undefined,
      guid: String(request.headers["x-github-delivery"]),
      signed: request.headers["x-hub-signature-256"] === signature,
      payload,
    });
    response.writeHead(answer).end("thanks");
  });
  github = await testGitHub();
  const url = `${listener.url}/hook`;
  await github.admin("hooks", { scope: "acme", url, secret: SECRET });
  await github.settled();
});
afterAll(async () => {
  await github.close();
  listener.close();
});

const since = async (work: () => Promise<unknown>): Promise<Received[]> => {
  const from = received.length;
  await work();
  await github.settled();
  return received.slice(from);
};

const named = (events: Received[]) =>
  events.map(({ event, action }) => (action ? `${event}.${action}` : event));

test("a hook is greeted with a ping", () => {
  expect(named(received)).toEqual(["ping"]);
});

test("a pull request's life is told in order", async () => {
  const alice = github.as("alice");
  const bob = github.as("bob");
  let number = 0;
  const opening = await since(async () => {
    number = (await openPull(alice, "told", "told.txt", "1\n")).number;
  });
  expect(named(opening)).toEqual(["create", "push", "push", "pull_request.opened"]);
  const issue = { ...lib, issue_number: number };
  const pr = { ...lib, pull_number: number };
  const middle = await since(async () => {
    await commit(alice, lib, "told", "told.txt", "2\n");
    await alice.issues.addLabels({ ...issue, labels: ["lgtm", "brand/new"] });
    await alice.issues.removeLabel({ ...issue, name: "lgtm" });
    await alice.issues.addAssignees({ ...issue, assignees: ["bob"] });
    await alice.issues.removeAssignees({ ...issue, assignees: ["bob"] });
    await alice.pulls.requestReviewers({ ...pr, reviewers: ["bob"] });
    await alice.pulls.removeRequestedReviewers({ ...pr, reviewers: ["bob"] });
    const { data: comment } = await bob.issues.createComment({ ...issue, body: "/hold" });
    await bob.issues.updateComment({ ...lib, comment_id: comment.id, body: "/hold cancel" });
    await bob.issues.deleteComment({ ...lib, comment_id: comment.id });
    const { data: review } = await bob.pulls.createReview({ ...pr, event: "APPROVE" });
    await alice.pulls.dismissReview({ ...pr, review_id: review.id, message: "no" });
    await bob.pulls.createReviewComment({
      ...pr,
      body: "here",
      path: "told.txt",
      line: 1,
      commit_id: review.commit_id as string,
    });
    await alice.pulls.update({ ...pr, title: "Told anew" });
    await alice.issues.update({ ...issue, milestone: 1 });
    await alice.pulls.update({ ...pr, state: "closed" });
    await alice.pulls.update({ ...pr, state: "open" });
  });
  expect(named(middle)).toEqual([
    "push",
    "pull_request.synchronize",
    "pull_request.labeled",
    "label.created",
    "pull_request.labeled",
    "pull_request.unlabeled",
    "pull_request.assigned",
    "pull_request.unassigned",
    "pull_request.review_requested",
    "pull_request.review_request_removed",
    "issue_comment.created",
    "issue_comment.edited",
    "issue_comment.deleted",
    "pull_request_review.submitted",
    "pull_request_review.dismissed",
    "pull_request_review_comment.created",
    "pull_request.edited",
    "pull_request.milestoned",
    "pull_request.closed",
    "pull_request.reopened",
  ]);
  const ending = await since(async () => {
    await alice.repos.createCommitStatus({
      ...lib,
      sha: (await alice.pulls.get(pr)).data.head.sha,
      state: "success",
    });
    const checker = await installedApp(github, { checks: "write" });
    const { data: run } = await checker.checks.create({
      ...lib,
      name: "lint",
      head_sha: (await alice.pulls.get(pr)).data.head.sha,
    });
    await checker.checks.update({ ...lib, check_run_id: run.id, conclusion: "neutral" });
    await alice.pulls.merge(pr);
    await alice.git.deleteRef({ ...lib, ref: "heads/told" });
  });
  expect(named(ending)).toEqual([
    "status",
    "check_run.created",
    "check_run.completed",
    "push",
    "pull_request.closed",
    "delete",
    "push",
  ]);
});

test("a push shows the repository in its own form, from which Prow reads the owner's name", async () => {
  const alice = github.as("alice");
  const [push] = (await since(() => commit(alice, lib, "main", "pushed.txt", "1\n"))).filter(
    ({ event }) => event === "push",
  );
  expect(push?.payload["repository"]).toMatchObject({
    full_name: "acme/lib",
    owner: { name: "acme", login: "acme" },
    created_at: expect.any(Number),
    pushed_at: expect.any(Number),
    master_branch: "main",
    organization: "acme",
  });
  expect(push?.payload["organization"]).toMatchObject({ login: "acme" });
});

test("issues have events of their own", async () => {
  const alice = github.as("alice");
  const events = await since(async () => {
    const { data } = await alice.issues.create({
      ...lib,
      title: "Bug",
      body: "x",
      labels: ["kind/bug"],
      assignees: ["bob"],
    });
    await alice.issues.update({ ...lib, issue_number: data.number, state: "closed", body: "y" });
  });
  expect(named(events)).toEqual([
    "issues.opened",
    "issues.labeled",
    "issues.assigned",
    "issues.edited",
    "issues.closed",
  ]);
});

test("moving an issue to another repository is told by both, pinning by one", async () => {
  await github.admin("repos", { owner: "acme", name: "charts", files: { a: "a" } });
  const alice = github.as("alice");
  const { data: to } = await alice.repos.get({ owner: "acme", repo: "charts" });
  const { data: issue } = await alice.issues.create({ ...lib, title: "Astray" });
  const ask = (name: string, input: object) =>
    alice.graphql(
      `mutation($input:${name}Input!){${name[0]?.toLowerCase()}${name.slice(1)}(input:$input){clientMutationId}}`,
      { input },
    );
  await github.settled();
  const events = await since(async () => {
    await ask("PinIssue", { issueId: issue.node_id });
    await ask("UnpinIssue", { issueId: issue.node_id });
    await ask("TransferIssue", { issueId: issue.node_id, repositoryId: to.node_id });
  });
  expect(named(events)).toEqual(["issues.pinned", "issues.unpinned", "issues.transferred", "issues.opened"]);
  expect(events.map(({ payload }) => (payload["repository"] as { name: string }).name)).toEqual([
    ...["lib", "lib", "lib", "charts"],
  ]);
});

test("every payload is signed and valid against GitHub's schemas", () => {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  ajv.addSchema(require("@octokit/webhooks-schemas") as object, "webhooks");
  const faults = received.flatMap(({ event, action, payload, signed }) => {
    const name = `webhooks#/definitions/${event}$${action ?? "event"}`;
    const validate = ajv.getSchema(name);
    if (!signed) return [`${event}: bad signature`];
    if (!validate) return [`${name}: no schema`];
    if (validate(payload)) return [];
    return (validate.errors ?? []).map(
      (error) => `${event}.${action} ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  });
  expect([...new Set(faults)]).toEqual([]);
});

test("a failed delivery is recorded, not retried, and can be sent again", async () => {
  const alice = github.as("alice");
  answer = 503;
  const first = await since(() => alice.issues.create({ ...lib, title: "Lost" }));
  answer = 200;
  expect(named(first)).toEqual(["issues.opened"]);
  const { data: hooks } = await alice.orgs.listWebhooks({ org: "acme" });
  const hook = { org: "acme", hook_id: hooks[0]?.id as number };
  const { data: log } = await alice.orgs.listWebhookDeliveries(hook);
  expect(log[0]).toMatchObject({
    guid: first[0]?.guid,
    status_code: 503,
    redelivery: false,
    event: "issues",
  });
  const delivery_id = log[0]?.id as number;
  expect((await alice.orgs.getWebhookDelivery({ ...hook, delivery_id })).data.request.payload).toMatchObject({
    issue: { title: "Lost" },
  });
  const again = await since(() => alice.orgs.redeliverWebhookDelivery({ ...hook, delivery_id }));
  expect(again.map((found) => found.guid)).toEqual([first[0]?.guid]);
  expect((await alice.orgs.listWebhookDeliveries(hook)).data[0]).toMatchObject({
    redelivery: true,
    status_code: 200,
  });
});
