// The pages without JavaScript: read a pull request, comment as somebody, push a fix, propose an edit, install an App.
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import { commit, lib, openPull, type TestGitHub, testGitHub } from "./world.ts";

let github: TestGitHub;
beforeAll(async () => {
  github = await testGitHub();
});
afterAll(() => github.close());

const page = async (path: string, cookie = "who=alice") => {
  const response = await fetch(github.url + path, { headers: { cookie, accept: "text/html" } });
  return { status: response.status, text: await response.text(), headers: response.headers };
};

const submit = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(github.url + path, {
    method: "POST",
    body: new URLSearchParams(form),
    redirect: "manual",
    headers: { cookie: "who=alice", origin: github.url, ...headers },
  });

test("a pull request can be read, with comments rendered and script harmless", async () => {
  const alice = github.as("alice");
  const pr = await openPull(alice, "shown", "src/a.txt", "one\nTWO\nthree\n");
  await alice.issues.addLabels({ ...lib, issue_number: pr.number, labels: ["lgtm"] });
  await alice.issues.createComment({
    ...lib,
    issue_number: pr.number,
    body: "**hi** <script>alert(1)</script>",
  });
  await alice.repos.createCommitStatus({
    ...lib,
    sha: pr.head.sha,
    state: "failure",
    context: "unit",
    target_url: "http://deck.test/1",
  });
  const { text, headers } = await page(`/acme/lib/pull/${pr.number}`);
  expect(text).toContain("<strong>hi</strong> &lt;script&gt;");
  expect(text).toContain('<a href="http://deck.test/1">Details</a>');
  expect(text).toContain("+TWO");
  expect(text).toContain("not every check is green");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  for (const path of [
    "/",
    "/acme",
    "/acme/lib",
    "/acme/lib/pulls",
    "/acme/lib/issues",
    "/acme/lib/blob/main/src/a.txt",
    "/acme/lib/blob/shown/README.md",
    "/acme/lib/tree/main/src",
    `/acme/lib/commit/${pr.head.sha}`,
    `/acme/lib/pull/${pr.number}.diff`,
  ])
    expect([path, (await page(path)).status]).toEqual([path, 200]);
  expect((await page("/acme/nothing")).status).toBe(404);
  expect(new URL(pr.html_url).pathname).toBe(`/acme/lib/pull/${pr.number}`);
});

test("a comment is made as whoever is chosen; another site's form is refused", async () => {
  const alice = github.as("alice");
  const pr = await openPull(alice, "talk", "talk.txt", "1\n");
  const path = `/acme/lib/pull/${pr.number}`;
  expect((await submit(`${path}/comment`, { body: "/lgtm", as: "bob" })).status).toBe(303);
  const foreign: Record<string, string>[] = [
    { origin: "http://evil.test" },
    { "sec-fetch-site": "cross-site" },
  ];
  for (const headers of foreign)
    expect((await submit(`${path}/comment`, { body: "evil" }, headers)).status).toBe(403);
  const { data } = await alice.issues.listComments({ ...lib, issue_number: pr.number });
  expect(data.map((comment) => [comment.user?.login, comment.body])).toEqual([["bob", "/lgtm"]]);
  expect((await submit(`${path}/state`, { state: "closed" }, { cookie: "who=mallory" })).status).toBe(403);
});

test("a fix is pushed to the pull request's head as its author", async () => {
  const alice = github.as("alice");
  const pr = await openPull(alice, "broken", "broken.txt", "wrong\n");
  const fixed = await submit(
    `/acme/lib/pull/${pr.number}/fix`,
    { path: "broken.txt", content: "right\r\nnow", message: "Mend" },
    { cookie: "who=bob" },
  );
  expect(fixed.status).toBe(303);
  const { data } = await alice.pulls.listCommits({ ...lib, pull_number: pr.number });
  expect(data.at(-1)).toMatchObject({ commit: { message: "Mend" }, author: { login: "alice" } });
  const { data: content } = await alice.repos.getContent({
    ...lib,
    path: "broken.txt",
    ref: "broken",
    mediaType: { format: "raw" },
  });
  expect(content).toBe("right\nnow\n");
});

test("an edit becomes a pull request, from a fork for a stranger", async () => {
  const edit = { base: "main", path: "b.txt", content: "better\n", title: "Better b", body: "please" };
  const response = await submit("/acme/lib/edit", edit, { cookie: "who=mallory" });
  expect(response.status).toBe(303);
  const number = Number(response.headers.get("location")?.split("/").at(-1));
  const { data } = await github.as("alice").pulls.get({ ...lib, pull_number: number });
  expect(data).toMatchObject({
    title: "Better b",
    user: { login: "mallory" },
    head: { repo: { full_name: "mallory/lib" } },
    changed_files: 1,
  });
});

test("an App is made from a manifest and installed", async () => {
  const manifest = JSON.stringify({
    name: "Made Here",
    url: "http://app.test",
    hook_attributes: { url: "http://127.0.0.1:1/hook" },
    redirect_url: "http://app.test/setup",
    default_permissions: { issues: "write" },
    default_events: ["issues"],
  });
  const shown = await submit("/settings/apps/new?state=abc", { manifest }, { origin: "http://app.test" });
  expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining("Made Here")]);
  expect(
    (await submit("/settings/apps/create", { manifest, owner: "alice" }, { origin: "http://app.test" }))
      .status,
  ).toBe(403);
  const made = await submit("/settings/apps/create", {
    manifest,
    owner: "alice",
    state: "abc",
    name: "Made Here",
  });
  const back = new URL(made.headers.get("location") as string);
  expect([back.origin, back.searchParams.get("state")]).toEqual(["http://app.test", "abc"]);
  const exchange = () =>
    fetch(`${github.url}/app-manifests/${back.searchParams.get("code")}/conversions`, { method: "POST" });
  const app = (await (await exchange()).json()) as Record<string, unknown>;
  expect(app).toMatchObject({
    slug: "made-here",
    pem: expect.stringContaining("PRIVATE KEY"),
    webhook_secret: expect.any(String),
  });
  expect((await exchange()).status).toBe(404);
  expect((await page("/apps/made-here/installations/new")).text).toContain("Install");
  expect((await submit("/apps/made-here/installations", { account: "acme" })).status).toBe(303);
  expect(
    (await submit("/apps/made-here/installations", { account: "acme" }, { cookie: "who=mallory" })).status,
  ).toBe(403);
});

test("the story of a pull request is told in the order it happened, a push among comments of the same second", async () => {
  const frozen = await testGitHub({ clock: { ...systemClock, now: () => new Date("2026-11-23T12:00:00Z") } });
  try {
    const alice = frozen.as("alice");
    const pr = await openPull(alice, "story", "story.txt", "1\n");
    await alice.issues.createComment({ ...lib, issue_number: pr.number, body: "first-words" });
    const pushed = await commit(alice, lib, "story", "story.txt", "2\n");
    await alice.issues.createComment({ ...lib, issue_number: pr.number, body: "last-words" });
    const text = await (await fetch(`${frozen.url}/acme/lib/pull/${pr.number}`)).text();
    const conversation = text.slice(text.indexOf('id="talk"'), text.indexOf('id="state"'));
    const places = [pr.head.sha, "first-words", pushed, "last-words"].map((what) =>
      conversation.indexOf(what),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
  } finally {
    await frozen.close();
  }
});

test("no checks yet is not called green, and what a status carries for tide is left out", async () => {
  const alice = github.as("alice");
  const pr = await openPull(alice, "unchecked", "unchecked.txt", "1\n");
  const path = `/acme/lib/pull/${pr.number}`;
  expect((await page(path)).text).toContain("Waiting for checks");
  const description = `Job succeeded.\u2001\u2001 BaseSHA:${"b".repeat(40)}`;
  await alice.repos.createCommitStatus({
    ...lib,
    ...{ sha: pr.head.sha, state: "success", context: "unit", description },
  });
  const { text } = await page(path);
  expect(text).toContain("everything is green");
  expect(text).toContain("Job succeeded.</span>");
});
