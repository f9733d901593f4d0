// What goes over the wire to GitHub: authorization, ETags, limits, pages, retries, endpoints.
import { createHash } from "node:crypto";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import { memoised } from "../../src/github/memoise.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { API, connect, github, pr, testClock, tool } from "./world.ts";

const labels = "/repos/acme/tool/issues/7/labels";
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as GitHubError,
  );

describe("requests", () => {
  it("carry the token, read anew each time", async () => {
    let token = "first\n";
    const { read } = connect({ auth: { token: async () => token } });
    github(API, { headers: { authorization: "Bearer first", "user-agent": /^cutwater/ } })
      .get("/repos/acme/tool")
      .reply(200, { name: "tool", owner: { login: "acme" } });
    await read.repository(tool);
    token = "second";
    github(API, { headers: { authorization: "Bearer second" } })
      .get("/user")
      .reply(200, { login: "robot" });
    expect(await read.botLogin()).toBe("robot");
    expect(await read.botLogin()).toBe("robot"); // asked once
  });

  it("fail as GitHubError with status, place and GitHub's words, without the token", async () => {
    github(API)
      .post(`${labels}`)
      .reply(422, { message: "Validation Failed", errors: [{ code: "invalid" }] });
    const error = await failure(connect().write.addLabels(pr, ["x"]));
    expect(error).toBeInstanceOf(GitHubError);
    expect(error?.status).toBe(422);
    expect(error?.message).toContain("POST /repos/acme/tool/issues/7/labels: Validation Failed");
    expect(JSON.stringify(error) + error?.stack + String(error?.cause)).not.toContain("t0ken");
  });

  it("that would be tried again fail at once when the process stops", async () => {
    const stop = new AbortController();
    github(API)
      .get(/labels/)
      .reply(502);
    const asked = failure(connect({ clock: systemClock, signal: stop.signal }).read.issueLabels(pr));
    setTimeout(() => stop.abort(), 20);
    expect((await asked)?.message).toContain("stopping");
  });

  it("that fail are told of once, and that GitHub answers again too", async () => {
    const lines: string[] = [];
    const log = {
      ...silent,
      warn: (_: object, message: string) => void lines.push(message),
      info: (_: object, message: string) => void lines.push(message),
    };
    github(API)
      .get(/labels/)
      .times(3)
      .reply(502)
      .get(/labels/)
      .reply(200, []);
    await connect({ log }).read.issueLabels(pr);
    expect(lines).toEqual(["GitHub cannot be reached or fails; trying again.", "GitHub answers again."]);
  });

  it("that GitHub fails are repeated with growing pauses where that is safe", async () => {
    const clock = testClock();
    github(API)
      .get(/labels/)
      .times(2)
      .reply(502)
      .get(/labels/)
      .reply(200, [{ name: "lgtm" }]);
    expect(await connect({ clock }).read.issueLabels(pr)).toEqual([{ name: "lgtm" }]);
    expect(clock.slept).toEqual([2_000, 4_000]);
  });

  it("that would create something twice are not", async () => {
    const clock = testClock();
    github(API)
      .post(/comments/)
      .reply(502, { message: "Bad Gateway" });
    expect((await failure(connect({ clock }).write.createComment(pr, "hi")))?.status).toBe(502);
    github(API)
      .post(/comments/)
      .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    expect((await failure(connect({ clock }).write.createComment(pr, "hi")))?.status).toBe(0);
    expect(clock.slept).toEqual([]);
  });

  it("for what is not there are not", async () => {
    const clock = testClock();
    github(API).get("/repos/acme/tool/git/ref/heads/gone").reply(404, { message: "Not Found" });
    expect(await connect({ clock }).read.branchSHA(tool, "gone")).toBeUndefined();
    expect(clock.slept).toEqual([]);
  });

  it("encode what is in names", async () => {
    github(API)
      .get("/repos/acme/tool/git/ref/heads/a/b%23c%3Fd")
      .reply(200, { object: { sha: "s" } });
    expect(await connect().read.branchSHA(tool, "a/b#c?d")).toBe("s");
    github(API).delete("/repos/acme/tool/issues/7/labels/kind%2Fbug%20%23").reply(200, []);
    await connect().write.removeLabel(pr, "kind/bug #");
  });
});

describe("endpoints", () => {
  const proxy = "http://ghproxy.test";

  it("are tried in order when one can not be reached, also for a POST that was never sent", async () => {
    const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    github(proxy)
      .get(/labels/)
      .replyWithError(refused)
      .post(/labels/)
      .replyWithError(refused);
    github(API)
      .get(/labels/)
      .reply(200, [])
      .post(/labels/)
      .reply(200, []);
    const { read, write } = connect({ endpoints: [proxy, API] });
    expect(await read.issueLabels(pr)).toEqual([]);
    await write.addLabels(pr, ["x"]);
  });

  it("take the path alone from a Link to another host", async () => {
    github(proxy)
      .get(`${labels}?per_page=100`)
      .reply(200, [{ name: "a" }], { link: `<${API}${labels}?per_page=100&page=2>; rel="next"` })
      .get(`${labels}?per_page=100&page=2`)
      .reply(200, [{ name: "b" }]);
    const found = await connect({ endpoints: [proxy, API] }).read.issueLabels(pr);
    expect(found.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("with a path before theirs (GitHub Enterprise) work too", async () => {
    const base = "https://ghe.test/api/v3";
    github("https://ghe.test")
      .get(`/api/v3${labels}?per_page=100`)
      .reply(200, [{ name: "a" }], { link: `<${base}${labels}?page=2>; rel="next"` })
      .get(`/api/v3${labels}?page=2`)
      .reply(200, [{ name: "b" }]);
    expect(await connect({ endpoints: [`${base}/`] }).read.issueLabels(pr)).toHaveLength(2);
  });
});

describe("redirects", () => {
  it("within GitHub are followed with the token, elsewhere without", async () => {
    github(API)
      .get("/repos/acme/tool")
      .reply(301, "", { location: `${API}/repositories/1` });
    github(API, { headers: { authorization: "Bearer t0ken" } })
      .get("/repositories/1")
      .reply(307, "", { location: "https://elsewhere.test/x" });
    github("https://elsewhere.test", { without: ["authorization"] })
      .get("/x")
      .reply(200, { name: "tool", owner: { login: "acme" } });
    expect((await connect().read.repository(tool)).name).toBe("tool");
  });

  it("that never end are an error", async () => {
    github(API)
      .get("/repos/acme/tool")
      .times(6)
      .reply(301, "", { location: `${API}/repos/acme/tool` });
    const error = await failure(connect({ maxTries: 1 }).read.repository(tool));
    expect(error?.message).toContain("more than 5 redirects");
  });
});

describe("ETags", () => {
  it("make the second answer free, page by page", async () => {
    const next = { link: `<${API}${labels}?page=2>; rel="next"` };
    github(API)
      .get(`${labels}?per_page=100`)
      .reply(200, [{ name: "a" }], { etag: 'W/"1"', ...next })
      .get(`${labels}?page=2`)
      .reply(200, [{ name: "b" }], { etag: '"2"' });
    const registry = new Registry();
    const { read } = connect({ metrics: registry });
    const first = await read.issueLabels(pr);
    github(API, { headers: { "if-none-match": 'W/"1"' } })
      .get(`${labels}?per_page=100`)
      .reply(304);
    github(API, { headers: { "if-none-match": '"2"' } })
      .get(`${labels}?page=2`)
      .reply(304);
    expect(await read.issueLabels(pr)).toEqual(first);
    github(API)
      .get(`${labels}?per_page=100`)
      .reply(200, [{ name: "c" }], { etag: '"3"' });
    expect(await read.issueLabels(pr)).toEqual([{ name: "c" }]);
    const text = await registry.metrics();
    expect(text).toMatch(
      /ghcache_responses{mode="REVALIDATED",path="\/repos\/:owner\/:repo\/issues\/:var\/labels".*} 2/,
    );
    expect(text).toMatch(/github_request_duration_count{.*status="304".*} 2/);
    expect(text).toMatch(
      /cutwater_github_requests_total{component="cutwater",caller="",kind="read",.*free="true"} 2/,
    );
  });
});

describe("limits", () => {
  it("a Retry-After is waited for, and the request repeated: it was refused, not done", async () => {
    const clock = testClock();
    github(API)
      .post(/comments/)
      .reply(403, { message: "You have exceeded a secondary rate limit" }, { "retry-after": "30" })
      .post(/comments/)
      .reply(201, { id: 1, body: "hi", user: null });
    expect(await connect({ clock }).write.createComment(pr, "hi")).toMatchObject({ id: 1 });
    expect(clock.slept).toEqual([30_000]);
  });

  it("a used-up budget is waited for until its reset", async () => {
    const clock = testClock();
    const reset = String(clock.now().getTime() / 1000 + 20);
    const used = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    github(API)
      .get(/labels/)
      .reply(403, { message: "API rate limit exceeded" }, used)
      .get(/labels/)
      .reply(200, []);
    await connect({ clock }).read.issueLabels(pr);
    expect(clock.slept).toEqual([21_000]);
  });

  it("nothing is asked within the window, also when the last answer was still good", async () => {
    const clock = testClock();
    const reset = String(clock.now().getTime() / 1000 + 20);
    github(API)
      .get(/labels/)
      .reply(200, [], { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset })
      .get(/comments/)
      .reply(200, []);
    const { read } = connect({ clock });
    await read.issueLabels(pr);
    expect(clock.slept).toEqual([]);
    await read.comments(pr);
    expect(clock.slept).toEqual([21_000]);
  });

  it("a longer wait than allowed is an error at once, and later requests do not go out", async () => {
    const clock = testClock();
    const headers = { "retry-after": "3600" };
    github(API)
      .get(/labels/)
      .reply(429, { message: "Too Many Requests" }, headers);
    const { read } = connect({ clock });
    expect((await failure(read.issueLabels(pr)))?.status).toBe(429);
    const second = await failure(read.comments(pr));
    expect(second?.message).toContain("rate limit is used up until 2025-06-01T13:00:00.000Z");
    expect(clock.slept).toEqual([]);
  });

  it("a plain 403 is an answer", async () => {
    const clock = testClock();
    github(API)
      .get(/labels/)
      .reply(403, { message: "Resource not accessible by integration" });
    expect((await failure(connect({ clock }).read.issueLabels(pr)))?.status).toBe(403);
    expect(clock.slept).toEqual([]);
  });

  it("show in the metrics by Prow's names", async () => {
    const registry = new Registry();
    const headers = { "x-ratelimit-remaining": "4987", "x-ratelimit-resource": "core" };
    github(API)
      .get(/labels/)
      .reply(200, [], headers);
    await connect({ metrics: registry }).read.issueLabels(pr);
    expect(await registry.metrics()).toMatch(
      /github_token_usage{.*api_version="v3",ratelimit_resource="core"} 4987/,
    );
  });
});

describe("whose a token is", () => {
  it("stands in the metrics by the hash that ours have, and by the one that ghproxy's have", async () => {
    const registry = new Registry();
    github(API).get("/user").reply(200, { login: "robot", email: null }, { "x-ratelimit-remaining": "1" });
    await connect({ metrics: registry, auth: { token: async () => "secret\n" } }).read.botLogin();
    const text = await registry.metrics();
    const ofProxy = createHash("sha256").update("Bearer secret").digest("hex");
    expect(text).toContain(`github_user_info{token_hash="${ofProxy}",login="robot",email=""} 1`);
    const ours = /github_token_usage{token_hash="(\w+)"/.exec(text)?.[1];
    expect(text).toContain(`github_user_info{token_hash="${ours}",login="robot",email=""} 1`);
  });
});

describe("GraphQL", () => {
  it("goes to its own endpoint and gives the data", async () => {
    github("https://graphql.test")
      .post("/v4", { query: "query { x }", variables: { a: 1 } })
      .reply(200, { data: { x: 1 } });
    const { read } = connect({ graphqlEndpoint: "https://graphql.test/v4" });
    expect(await read.graphql("query { x }", { a: 1 }, "acme")).toEqual({ x: 1 });
  });

  it("errors in a 200 are errors", async () => {
    github(API)
      .post("/graphql")
      .reply(200, { data: null, errors: [{ type: "NOT_FOUND", message: "no such thing" }] });
    const error = await failure(connect().read.graphql("query { x }", {}, "acme"));
    expect(error).toMatchObject({ status: 404, message: "GraphQL: no such thing" });
  });
});

describe("writes", () => {
  it("learn which reviewers GitHub refuses", async () => {
    const path = "/repos/acme/tool/pulls/7/requested_reviewers";
    const body = (...reviewers: string[]) => ({ reviewers, team_reviewers: [] });
    github(API)
      .post(path, body("bob", "mallory"))
      .reply(422, { message: "not a collaborator" })
      .post(path, body("bob"))
      .reply(201, {})
      .post(path, body("mallory"))
      .reply(422, { message: "not a collaborator" });
    expect(await connect().write.requestReviews(pr, ["@bob", "mallory"])).toEqual(["mallory"]);
  });

  it("merge only the head that was tested, and tell why not", async () => {
    github(API)
      .put("/repos/acme/tool/pulls/7/merge", { sha: "abc", merge_method: "squash", commit_title: "T" })
      .reply(409, { message: "Head branch was modified. Review and try the merge again." });
    const error = await failure(connect().write.merge(pr, { sha: "abc", method: "squash", title: "T" }));
    expect(error).toMatchObject({
      status: 409,
      message: expect.stringContaining("Head branch was modified"),
    });
  });

  it("take what is gone for removed", async () => {
    github(API)
      .delete(/labels/)
      .reply(404)
      .delete(/comments/)
      .reply(404);
    await expect(connect().write.removeLabel(pr, "x")).resolves.toBeUndefined();
    await expect(connect().write.deleteComment(tool, 1)).resolves.toBeUndefined();
  });
});

describe("memoised", () => {
  it("asks once, also at the same time, but a failure again", async () => {
    github(API)
      .get(/labels/)
      .reply(500)
      .get(/labels/)
      .reply(200, []);
    const read = memoised(connect({ maxTries: 1 }).read);
    expect(await failure(read.issueLabels(pr))).toBeDefined();
    const [a, b] = await Promise.all([read.issueLabels(pr), read.issueLabels({ ...pr })]);
    expect(a).toBe(b);
  });
});
