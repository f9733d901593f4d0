// The smaller parts: searches, context policy, blockers, the words of a merge, what a job is made of.
import { describe, expect, test } from "vitest";
import type { GitHubRead } from "../../src/github/port.ts";
import { silent } from "../../src/lib/logger.ts";
import { accumulate } from "../../src/tide/accumulate.ts";
import { blockersFor, blockersOf } from "../../src/tide/blockers.ts";
import { contextPolicy, isOptional, unsuccessful } from "../../src/tide/contexts.ts";
import { mergeEffects, methodFor } from "../../src/tide/merge.ts";
import { targetURL } from "../../src/tide/options.ts";
import { poolReasons } from "../../src/tide/pool.ts";
import { checkRunContexts } from "../../src/tide/pull-request.ts";
import { blockerQueries, dated, openPullRequests, poolQueries } from "../../src/tide/query.ts";
import { searchPullRequests, withCheckTexts } from "../../src/tide/search.ts";
import { triggerEffects } from "../../src/tide/trigger.ts";
import {
  BASE,
  candidate,
  configOf,
  context,
  head,
  NOW,
  node,
  POLICY,
  pool,
  presubmit,
  prowJob,
  pullRequest,
} from "./world.ts";

describe("searches", () => {
  const query = {
    author: "a",
    excludedBranches: ["x"],
    includedBranches: ["y"],
    labels: ["lgtm", "p0,p1"],
    missingLabels: ["hold"],
    milestone: "v1",
    reviewApprovedRequired: true,
    orgs: ["o"],
    repos: ["p/r", "nonsense"],
    excludedRepos: ["o/not"],
  };
  const terms =
    'is:pr state:open archived:false author:"a" -base:"x" base:"y" label:"lgtm" label:"p0","p1" -label:"hold" milestone:"v1" review:approved';

  test("one for all with a token", () => {
    expect(poolQueries(query, false)).toEqual(new Map([["", `${terms} org:"o" -repo:"o/not" repo:"p/r"`]]));
  });

  test("one for each org with an App", () => {
    expect(poolQueries(query, true)).toEqual(
      new Map([
        ["o", `${terms} org:"o" -repo:"o/not"`],
        ["p", `${terms} repo:"p/r"`],
      ]),
    );
  });

  test("what is excluded in one query and wanted in another is covered", () => {
    const queries = [
      { orgs: ["o"], excludedRepos: ["o/a", "o/b"] },
      { orgs: ["o"], excludedRepos: ["o/b", "o/c"] },
    ];
    expect(openPullRequests(queries, true).get("o")).toMatch(/ org:"o" -repo:"o\/b"$/);
    expect(openPullRequests([...queries, { repos: ["o/b"] }], true).get("o")).toMatch(
      / org:"o" repo:"o\/b"$/,
    );
    expect(blockerQueries("stop", queries, false).get("")).toBe(
      'is:issue state:open label:"stop" org:"o" -repo:"o/b"',
    );
  });

  test("in time", () => {
    expect(dated("q", undefined, NOW)).toBe("q updated:2007-01-01T00:00:00Z..2026-01-02T03:04:05Z");
  });

  test("are read page by page; what came before a failure is kept", async () => {
    const asked: unknown[] = [];
    const read = {
      async graphql(_: string, { searchCursor }: { searchCursor: string | null }) {
        asked.push(searchCursor);
        if (searchCursor === "2") throw new Error("502");
        const cursor = searchCursor === "1" ? "2" : "1";
        const nodes = [node(pullRequest(Number(cursor))), {}, { ...node(pullRequest(9)), baseRef: null }];
        return { search: { pageInfo: { hasNextPage: true, endCursor: cursor }, nodes } };
      },
    };
    const { items, error } = await searchPullRequests(read as never, "q", "o");
    expect(asked).toEqual([null, "1", "2"]);
    expect(items.map(({ number }) => number)).toEqual([1, 2]);
    expect(error?.message).toBe("502");
  });
});

describe("check runs of ours", () => {
  const unit = presubmit("unit");
  const run = (status: string, conclusion: string | null, text = `Tested on main BaseSHA:${BASE}`) =>
    checkRunContexts([{ name: "unit", status, conclusion, text }]);
  const required = { ...POLICY, required: ["unit"] };

  test.each([
    ["QUEUED", null, ["unit PENDING"]],
    ["IN_PROGRESS", null, ["unit PENDING"]],
    ["COMPLETED", "FAILURE", ["unit FAILURE"]],
    ["COMPLETED", "CANCELLED", ["unit FAILURE"]],
    ["COMPLETED", "SUCCESS", []],
  ])("%s %s stand for the required context", (status, conclusion, inTheWay) => {
    const found = unsuccessful(run(status, conclusion), required);
    expect(found.map(({ context: name, state }) => `${name} ${state}`)).toEqual(inTheWay);
  });

  test("count while the base is the one they ran on, like statuses", () => {
    const standing = (contexts: ReturnType<typeof run>) =>
      accumulate(pool([candidate(1, { contexts, presubmits: [unit] })]));
    expect(standing(run("COMPLETED", "SUCCESS")).successes).toHaveLength(1);
    const stale = run("COMPLETED", "SUCCESS", `Tested on main BaseSHA:${"c".repeat(40)}`);
    expect(standing(stale).missings).toHaveLength(1);
  });

  test("are asked for with their texts only where results are check runs", async () => {
    const queries: string[] = [];
    const read = {
      graphql: async (query: string) => {
        queries.push(query);
        return { search: { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] } };
      },
    } as unknown as GitHubRead;
    let wanted = false;
    const search = withCheckTexts(read, () => wanted);
    await searchPullRequests(search, "q", "acme");
    wanted = true;
    await searchPullRequests(search, "q", "acme");
    expect(queries.map((query) => query.includes("conclusion status text }"))).toEqual([false, true]);
  });
});

describe("contexts", () => {
  const jobs = [
    presubmit("always"),
    presubmit("files", { always_run: false, run_if_changed: "x" }),
    presubmit("manual", { always_run: false }),
    presubmit("optional", { optional: true }),
    presubmit("silent", { skip_report: true }),
    presubmit("elsewhere", { branches: ["dev"] }),
  ];
  const policy = (options = {}, requireManual = false) =>
    contextPolicy({ branch: "main", options, presubmits: jobs, requireManual });

  test("of jobs", () => {
    expect(policy()).toMatchObject({
      required: ["always"],
      requiredIfPresent: ["files", "manual"],
      optional: ["optional", "silent"],
    });
    expect(policy({}, true).required).toEqual(["always", "manual"]);
  });

  test("what nobody names counts, unless unknown ones are skipped", () => {
    const options = { "optional-regex-contexts": ["^ext/.*"], "optional-contexts": ["cla"] };
    expect(["ext/a", "cla", "other", "files"].map((name) => isOptional(policy(options), name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isOptional(policy({ "skip-unknown-contexts": true }), "other")).toBe(true);
  });

  test("a context cannot be two things", () => {
    expect(() => policy({ "optional-contexts": ["always"] })).toThrow("required and optional");
    expect(() => policy({ "optional-regex-contexts": ["alw.*"] })).toThrow("matches required context always");
  });

  test("its own status never stands in tide's way", () => {
    const contexts = [context("tide", "PENDING"), context("a"), context("b", "FAILURE")];
    const found = unsuccessful(contexts, { ...POLICY, required: ["c"] });
    expect(found.map(({ context: name, state }) => `${name} ${state}`)).toEqual(["b FAILURE", "c EXPECTED"]);
  });

  test("of check runs the best counts", () => {
    const runs = [
      { name: "a", status: "COMPLETED", conclusion: "FAILURE" },
      { name: "a", status: "IN_PROGRESS", conclusion: null },
      { name: "b", status: "COMPLETED", conclusion: "NEUTRAL" },
      {},
    ];
    expect(checkRunContexts(runs).map(({ context: name, state }) => `${name} ${state}`)).toEqual([
      "a PENDING",
      "b SUCCESS",
    ]);
  });

  test("a pending job of ours keeps its place in the pool, another's pending status does not", () => {
    const waiting = candidate(1, { contexts: [context("unit", "PENDING")], presubmits: [presubmit("unit")] });
    expect(poolReasons(waiting)).toEqual([]);
    expect(poolReasons({ ...waiting, contexts: [context("cla", "PENDING")] })).toEqual([
      { condition: "contexts", text: "Job cla has not succeeded." },
    ]);
  });
});

test("blockers are for a repository, or for the branches that their title names", () => {
  const issue = (number: number, title: string) => ({
    ...{ number, title, url: "" },
    repository: { name: "lib", owner: { login: "acme" } },
  });
  const blockers = blockersOf([issue(2, "CI is down"), issue(1, "freeze branch:release-1.0, BRANCH: main")]);
  const on = (branch: string) =>
    blockersFor(blockers, { org: "acme", repo: "lib" }, branch).map(({ number }) => number);
  expect([on("main"), on("release-1.0"), on("dev")]).toEqual([[1, 2], [1, 2], [2]]);
});

describe("merging", () => {
  const config = configOf({
    squash_label: "squash",
    rebase_label: "rebase",
    merge_method: { acme: "rebase" },
    merge_commit_template: { "acme/lib": { title: "{{.Title}} (#{{.Number}})", body: "{{.GitHub.Nope.X}}" } },
  });

  test("a label beats the configuration; two labels are a conflict", () => {
    const method = (...labels: string[]) => methodFor(config, pullRequest(1, { labels }));
    expect([method(), method("squash"), method("squash", "rebase")]).toEqual(["rebase", "squash", undefined]);
  });

  test("sets the status first, words the commit, and goes on without a template that fails", () => {
    const target = candidate(1);
    const effects = mergeEffects({
      ...{
        pool: pool([target]),
        targets: [target],
        config,
        targetURL: () => "u",
        overwritePending: false,
        log: silent,
        seen: NOW,
      },
    });
    expect(effects).toEqual([
      {
        ...{ do: "createStatus", repo: { org: "acme", repo: "lib" }, sha: head(1) },
        status: { state: "success", context: "tide", description: "", target_url: "u" },
      },
      {
        ...{ do: "mergeInOrder", repo: { org: "acme", repo: "lib" }, branch: "main" },
        base: { sha: BASE, seen: NOW.toISOString() },
        merges: [{ number: 1, sha: head(1), method: "merge", title: "Change 1 (#1)" }],
      },
    ]);
  });

  test("a batch's result replaces a pending one, when told to", () => {
    const targets = [
      candidate(1, { contexts: [context("tide")] }),
      candidate(2, { contexts: [context("tide")] }),
    ];
    const batch = { ...prowJob("unit", [1, 2], "success") };
    const prowJobs = [batch, prowJob("unit", [1], "pending"), prowJob("lint", [2], "pending")];
    const words = { targetURL: () => "u", log: silent, seen: NOW };
    const plan = { pool: pool(targets, { prowJobs }), targets, config, ...words };
    const statuses = (overwritePending: boolean) =>
      mergeEffects({ ...plan, overwritePending }).flatMap((effect) =>
        effect.do === "createStatus" ? [`${effect.sha.at(-1)} ${effect.status.context}`] : [],
      );
    expect(statuses(false)).toEqual([]);
    expect(statuses(true)).toEqual(["1 unit"]);
    const checks = {
      ...config,
      github_reporter: { reports: { acme: "checks" } },
    } as unknown as typeof config;
    const runs = mergeEffects({ ...plan, config: checks, overwritePending: true }).filter(
      (effect) => effect.do !== "mergeInOrder",
    );
    expect(runs).toMatchObject([
      {
        ...{ do: "reportCheckRun", onlyIfThere: true },
        report: {
          ...{ name: "unit", head_sha: head(1), external_id: prowJobs[1]!.metadata.name },
          ...{ status: "completed", conclusion: "success", actions: [] },
        },
      },
    ]);
  });
});

test("a job for a pull request carries its refs, the job's labels and tide's", () => {
  const target = candidate(1);
  const unit = presubmit("unit", { labels: { team: "x" } });
  const effects = triggerEffects(
    pool([target]),
    [unit, presubmit("twin", { context: "unit" })],
    [target],
    configOf(),
    NOW,
  );
  expect(effects).toHaveLength(1);
  expect(effects[0]).toMatchObject({
    job: {
      metadata: {
        namespace: "prowjobs",
        labels: {
          team: "x",
          "created-by-tide": "true",
          "prow.k8s.io/refs.pull": "1",
          "prow.k8s.io/type": "presubmit",
        },
      },
      spec: {
        type: "presubmit",
        report: true,
        refs: {
          repo_link: "https://github.com/acme/lib",
          pulls: [
            { number: 1, sha: head(1), link: "https://github.com/acme/lib/pull/1", head_ref: "patch-1" },
          ],
        },
      },
      status: { state: "triggered" },
    },
  });
});

test("a job links to the page of the App that a pull request is of, not to who has its slug as a login", () => {
  const dependabot = candidate(1, { pr: { author: "dependabot", authorIsBot: true } });
  const [effect] = triggerEffects(pool([dependabot]), [presubmit("unit")], [dependabot], configOf(), NOW);
  expect(effect).toMatchObject({
    job: { spec: { refs: { pulls: [{ author_link: "https://github.com/apps/dependabot" }] } } },
  });
});

test("the status links to the configured page, else to a search for the pull request", () => {
  expect(targetURL(configOf(), pullRequest(1))).toBe("https://ci.example.com/tide");
  const config = configOf({ target_urls: {}, pr_status_base_urls: { acme: "https://ci.example.com/pr" } });
  expect(targetURL(config, pullRequest(1, { author: "bot", authorIsBot: true }))).toBe(
    "https://ci.example.com/pr?query=is%3Apr+repo%3Aacme%2Flib+author%3Aapp%2Fbot+head%3Apatch-1",
  );
  expect(targetURL(configOf({ target_urls: {} }), pullRequest(1))).toBe("");
});
