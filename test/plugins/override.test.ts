// override: who may, what can be overridden, what comes of it, and how it is taken back.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import { InRepoConfigError } from "../../src/jobs/repo-jobs.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { CommentEvent } from "../../src/model/event.ts";
import type { Status } from "../../src/model/github.ts";
import { override } from "../../src/plugins/override.ts";
import type { Context } from "../../src/plugins/plugin.ts";
import { type Answers, playWith } from "./with-reads.ts";
import { type IssueOptions, type Options, REPO, world } from "./world.ts";

const BASE = "b".repeat(40);
const status = (context: string, state: Status["state"], description = "", target_url = ""): Status => ({
  context,
  state,
  description,
  target_url,
});

interface Case {
  /** Newest first. */
  history?: Status[];
  checks?: [name: string, conclusion: string | null][];
  required?: string[];
  settings?: object;
  presubmits?: Options["presubmits"];
  answers?: Answers;
  more?: Partial<Context>;
  pr?: IssueOptions;
  event?: Partial<CommentEvent>;
  bot?: string;
}

const PRESUBMITS = [{ name: "unit" }, { name: "pkg-job", context: "ci/prow/pkg-job", optional: true }];

function play(by: string, body: string, given: Case = {}) {
  const { checks = [], history = [], required, settings = {}, presubmits = PRESUBMITS } = given;
  const pr = world({
    presubmits,
    plugins: { override: settings },
    files: { OWNERS: "approvers: [Code_Owner]\n" },
    owners: { skip_collaborators: ["acme"] },
  }).pr(given.pr);
  const answers: Answers = {
    permission: (_repo: object, login: string) => (login === "admin" ? "admin" : "write"),
    teamMembers: (_org: string, team: string) =>
      team === "team1" ? [{ login: "user1" }] : new GitHubError(404, "no such team"),
    statusHistory: () => history,
    branchProtection: () => required && { contexts: required },
    checkRuns: () =>
      checks.map(([name, conclusion], id) => ({
        id,
        name,
        status: conclusion === null ? "in_progress" : "completed",
        conclusion,
        head_sha: pr.headSHA,
      })),
    ...given.answers,
  };
  const more = { ...(given.bot && { bot: given.bot }), ...given.more };
  return playWith(override, pr.comment(by, body, given.event), pr.world, answers, more);
}

/** `context state description` of statuses, names of jobs and check runs, what is said without the quote. */
const told = (effects: Effect[]) =>
  effects.map((effect) => {
    if (effect.do === "createStatus") {
      const { context, description, state } = effect.status;
      return `${context} ${state} ${description.replace(/\u2001+/, "")}`;
    }
    if (effect.do === "createProwJob") return `job ${effect.job.spec.job} ${effect.job.status.state}`;
    if (effect.do === "createCheckRun") return `check ${effect.run.name} ${effect.run.conclusion}`;
    if (effect.do !== "createComment") return effect.do;
    return effect.body.slice(0, effect.body.indexOf("\n\n<details>"));
  });

const passed = (context: string, by = "admin") => `${context} success Overridden by ${by} BaseSHA:${BASE}`;
const overrode = (...contexts: string[]) =>
  `@admin: Overrode contexts on behalf of admin: ${contexts.join(", ")}`;
const unknown = (names: string, known: string, command = "/override") =>
  `@admin: ${command} requires failed status contexts, check run or a prowjob name to operate on.
The following unknown contexts/checkruns were given:
${names}

Only the following failed contexts/checkruns were expected:
${known}

If you are trying to override a checkrun that has a space in it, you must put a double quote on the context.
`;

const BROKEN = status("broken-test", "failure", "", "https://build/1");
const HUNG = status("hung-test", "pending");
const PASSING = status("passing-test", "success", "preserve description");

describe("/override", () => {
  test.each([
    ["/override broken-test", [BROKEN], ["broken-test"]],
    ["/OVERRIDE broken-test", [BROKEN], ["broken-test"]],
    ["/override hung-test", [HUNG, PASSING], ["hung-test"]],
    ["/override broken-test\n/override hung-test", [BROKEN, HUNG], ["broken-test", "hung-test"]],
    ["/override broken-test hung-test", [HUNG, BROKEN], ["broken-test", "hung-test"]],
    ["/override  broken-test \r\n", [BROKEN], ["broken-test"]],
    ["/override broken-test\r\nobnoxious flake", [BROKEN], ["broken-test"]],
    ['/override "a b"', [status("a b", "failure")], ["a b"]],
    ['/override broken-test "a b', [BROKEN, status("a b", "error")], ["a b", "broken-test"]],
  ])("%j", async (body, history, contexts) => {
    const effects = await play("admin", body, { history });
    const order = history.map(({ context }) => context).filter((name) => contexts.includes(name));
    expect(told(effects)).toEqual([...order.map((name) => passed(name)), overrode(...contexts)]);
  });

  test("keeps the link of the status, and sets it at the head", async () => {
    const [effect] = await play("admin", "/override broken-test", { history: [BROKEN] });
    expect(effect).toMatchObject({
      repo: REPO,
      sha: "1".repeat(40),
      status: { target_url: "https://build/1" },
    });
  });

  test.each([
    ["/override ci/prow/pkg-job", ["ci/prow/pkg-job"]],
    ["/override pkg-job", ["ci/prow/pkg-job"]],
    ["/override pkg-job\n/override ci/prow/pkg-job", ["ci/prow/pkg-job"]],
    ["/override unit pkg-job", ["ci/prow/pkg-job", "unit"]],
  ])("%j makes finished ProwJobs of known jobs, once", async (body, contexts) => {
    const history = [
      status("ci/prow/pkg-job", "pending"),
      status("ci/prow/pkg-job", "failure"),
      status("unit", "error"),
    ];
    const effects = await play("admin", body, { history });
    const jobs = effects.flatMap((effect) => (effect.do === "createProwJob" ? [effect.job] : []));
    expect(jobs.map(({ spec }) => spec.context).sort()).toEqual(contexts);
    expect(
      told(effects)
        .filter((line) => line.includes("BaseSHA"))
        .sort(),
    ).toEqual(contexts.map((c) => passed(c)));
    expect(told(effects).at(-1)).toBe(overrode(...contexts));
  });

  test("such a ProwJob is complete, says who did it where, and is named after its cause", async () => {
    const event = { htmlUrl: "https://comment", guid: "g" };
    const [effect] = await play("admin", "/override pkg-job", {
      history: [status("ci/prow/pkg-job", "failure")],
      event,
    });
    const again = await play("admin", "/override pkg-job", {
      history: [status("ci/prow/pkg-job", "failure")],
      event,
    });
    expect(effect).toEqual(again[0]);
    expect(effect).toMatchObject({
      job: {
        metadata: { labels: { "event-GUID": "g", "prow.k8s.io/is-optional": "true" } },
        spec: { type: "presubmit", refs: { base_sha: BASE, pulls: [{ number: 1, sha: "1".repeat(40) }] } },
        status: {
          state: "success",
          startTime: "2026-11-23T10:00:00Z",
          completionTime: "2026-11-23T10:00:00Z",
          description: "Overridden by admin",
          url: "https://comment",
        },
      },
    });
  });

  test("what was not green once may be overridden, also when it is now", async () => {
    const history = [status("unit", "success"), status("unit", "pending")];
    expect(told(await play("admin", "/override unit", { history }))).toEqual([
      "job unit success",
      passed("unit"),
      overrode("unit"),
    ]);
  });

  test("names that nothing failed has are told, and then nothing is overridden", async () => {
    const history = [HUNG, PASSING, status("ci/prow/pkg-job", "failure")];
    const known = " - `ci/prow/pkg-job`\n - `hung-test`\n - `pkg-job`";
    expect(told(await play("admin", "/override whatever hung-test", { history }))).toEqual([
      unknown(" - `whatever`", known),
    ]);
    expect(told(await play("admin", "/override passing-test also", { history }))).toEqual([
      unknown(" - `also`\n - `passing-test`", known),
    ]);
    expect(told(await play("admin", "/override-sticky x"))).toEqual([
      unknown(" - `x`", "", "/override-sticky"),
    ]);
  });

  test("contexts that the branch requires and nobody has set", async () => {
    const given = { required: ["job", "unit", "job"], history: [status("unit", "failure")] };
    expect(told(await play("admin", "/override job", given))).toEqual([passed("job"), overrode("job")]);
    expect(told(await play("admin", "/override unit", given))).toHaveLength(3);
  });

  test("/override-sticky says so in the description and in the reply", async () => {
    expect(
      told(await play("admin", "/override-sticky unit", { history: [status("unit", "failure")] })),
    ).toEqual([
      "job unit success",
      `unit success Overridden by admin [prow:skip-retest] BaseSHA:${BASE}`,
      `${overrode("unit")}\n\nThese overrides will persist across retests on the current HEAD SHA. Pushing a new commit will clear them. Use \`/override-cancel\` to remove them.`,
    ]);
  });

  test("an overridden job and a sticky one of one comment are two ProwJobs", async () => {
    const effects = await play("admin", "/override unit\n/override-sticky unit", {
      history: [status("unit", "failure")],
    });
    const names = effects.flatMap((effect) =>
      effect.do === "createProwJob" ? [effect.job.metadata.name] : [],
    );
    expect(new Set(names).size).toBe(2);
  });
});

describe("check runs", () => {
  const APP = "cutwater[bot]";
  const checks: Case["checks"] = [
    ["scan", "failure"],
    ["test / Unit Tests", "timed_out"],
    ["incomplete", null],
    ["neutral", "neutral"],
    ["good", "success"],
    ["flaky", "failure"],
    ["flaky", "success"],
    ["skipped", "skipped"],
  ];
  const known = " - `scan`\n - `skipped`\n - `test / Unit Tests`";

  test.each([
    ["/override scan", ["scan"]],
    ['/override "test / Unit Tests"', ["test / Unit Tests"]],
    ['/override scan skipped "test / Unit Tests"', ["scan", "skipped", "test / Unit Tests"]],
  ])("%j as an App", async (body, names) => {
    const effects = await play("admin", body, { checks, bot: APP, event: { guid: "g" } });
    expect(told(effects)).toEqual([...names.map((name) => `check ${name} success`), overrode(...names)]);
    expect(effects[0]).toEqual({
      do: "createCheckRun",
      repo: REPO,
      run: {
        name: names[0],
        head_sha: "1".repeat(40),
        conclusion: "success",
        external_id: "g",
        output: {
          title: `Prow override - ${names[0]}`,
          summary: `Prow has received override command for the ${names[0]} checkrun.`,
        },
      },
    });
  });

  test.each(["good", "neutral", "flaky", "incomplete", "foobar"])("%s is none to override", async (name) => {
    expect(told(await play("admin", `/override ${name}`, { checks, bot: APP }))).toEqual([
      unknown(` - \`${name}\``, known),
    ]);
  });

  test("together with a job", async () => {
    const given = { checks, bot: APP, history: [status("unit", "failure")] };
    expect(told(await play("admin", "/override unit scan", given))).toEqual([
      "job unit success",
      passed("unit"),
      "check scan success",
      overrode("scan", "unit"),
    ]);
  });

  test("with a token there are none", async () => {
    const answers: Answers = { checkRuns: () => new Error("not asked for") };
    expect(told(await play("admin", "/override scan", { checks, answers }))).toEqual([
      unknown(" - `scan`", ""),
    ]);
  });
});

describe("who may", () => {
  const history = [BROKEN];
  const owners = { allow_top_level_owners: true };
  const teams = (scope: string, ...slugs: string[]) => ({ allowed_github_teams: { [scope]: slugs } });
  test.each([
    ["admin", {}, true],
    ["rando", {}, false],
    ["code_owner", {}, false],
    ["code_owner", owners, true],
    ["Code_Owner", owners, true],
    ["rando", owners, false],
    ["user1", teams("acme/lib", "team1"), true],
    ["user1", teams("acme", "team1"), true],
    ["user1", teams("acme/lib", "gone", "team1"), true],
    ["user1", teams("acme/other", "team1"), false],
    ["rando", teams("acme/lib", "team1"), false],
  ])("%s with %j: %s", async (login, settings, may) => {
    for (const command of ["/override broken-test", "/override-sticky broken-test"]) {
      const effects = await play(login, command, { history, settings });
      expect(effects.some((effect) => effect.do === "createStatus")).toBe(may);
    }
  });

  test.each([
    ["/override x", {}, "/override is restricted to Repo administrators."],
    ["/override-sticky x", {}, "/override-sticky is restricted to Repo administrators."],
    ["/override-cancel", {}, "/override-cancel is restricted to Repo administrators."],
    [
      "/override x",
      { ...owners, allowed_github_teams: { "acme/lib": ["team1", "team2"], acme: ["team3"], other: ["x"] } },
      "/override is restricted to Repo administrators, approvers in top level OWNERS file, and the following github teams:acme/lib: team1 team2, acme: team3.",
    ],
  ])("others are told: %j with %j", async (body, settings, words) => {
    expect(told(await play("rando", body, { settings }))).toEqual([`@rando: rando unauthorized: ${words}`]);
  });

  test("what GitHub refuses to tell speaks for nobody, trouble at GitHub does not speak at all", async () => {
    const answering = (status: number) => ({ answers: { permission: () => new GitHubError(status, "no") } });
    expect(told(await play("admin", "/override x", answering(403)))[0]).toContain("unauthorized");
    await expect(play("admin", "/override x", answering(502))).rejects.toThrow("no");
  });
});

describe("/override-cancel", () => {
  const A = status("job-a", "success", "Overridden by admin [prow:skip-retest]", "https://a");
  const B = status("job-b", "success", "Overridden by somebody");
  const CANCELLED = "failure Override cancelled by admin";
  test.each([
    ["/override-cancel job-a", [A, B], ["job-a"]],
    ["/override-cancel", [A, B], ["job-a", "job-b"]],
    ["/override-cancel job-b\r\n/override-cancel job-a", [A, B], ["job-a", "job-b"]],
    ["/override-cancel job-a\n/override-cancel", [A, B], ["job-a", "job-b"]],
  ])("%j", async (body, history, contexts) => {
    const effects = await play("admin", body, { history });
    expect(told(effects)).toEqual([
      ...contexts.map((name) => `${name} ${CANCELLED}`),
      `@admin: Cancelled overrides on behalf of admin: ${contexts.join(", ")}`,
    ]);
    expect(effects[0]).toMatchObject({ status: { target_url: "https://a" } });
  });

  test.each([
    ["/override-cancel", []],
    ["/override-cancel", [PASSING, BROKEN]],
    ["/override-cancel job-b", [A]],
    ["/override-cancel", [status("job-a", "success", "Job succeeded."), A]],
  ])("%j finds none in %j", async (body, history) => {
    expect(told(await play("admin", body, { history }))).toEqual(["@admin: No overrides found to cancel"]);
  });

  test("what is cancelled can be overridden anew in the same comment", async () => {
    const history = [status("unit", "success", "Overridden by admin [prow:skip-retest]")];
    expect(told(await play("admin", "/override-cancel\n/override unit", { history }))).toEqual([
      `unit ${CANCELLED}`,
      "@admin: Cancelled overrides on behalf of admin: unit",
      "job unit success",
      passed("unit"),
      overrode("unit"),
    ]);
  });
});

describe("what goes wrong is told", () => {
  test.each(["/override", "/override-sticky"])("%s without a name, to anybody", async (command) => {
    expect(told(await play("rando", command))).toEqual([
      `@rando: ${command} requires failed status contexts to operate on, but none was given`,
    ]);
    expect(told(await play("rando", `${command} x\n${command}\r\n`))).toHaveLength(1);
  });

  test.each([
    ["pullRequest", "Cannot get PR #1 in acme/lib"],
    ["statusHistory", "Cannot get commit statuses for PR #1 in acme/lib"],
    ["branchProtection", "Cannot get branch protection for branch main in acme/lib"],
    ["checkRuns", "Cannot get commit checkruns for PR #1 in acme/lib"],
  ] as const)("GitHub refuses %s", async (name, words) => {
    const answering = (status: number) => ({
      bot: "cutwater[bot]",
      answers: { [name]: () => new GitHubError(status, "oh") },
    });
    expect(told(await play("admin", "/override x", answering(403)))).toEqual([`@admin: ${words}`]);
    await expect(play("admin", "/override x", answering(502))).rejects.toThrow("oh");
  });

  test("the jobs can not be read, or the base branch is gone", async () => {
    const jobs = { presubmits: async () => Promise.reject(new InRepoConfigError(".prow.yaml: no")) };
    const { context } = world();
    const config = { ...context.config, in_repo_config: { enabled: { "*": true } } };
    const more = { jobs, config } as unknown as Partial<Context>;
    expect(told(await play("admin", "/override x", { more }))).toEqual(["@admin: Failed to get presubmits"]);
    const given = { history: [BROKEN], pr: { base: "gone" } };
    expect(told(await play("admin", "/override broken-test", given))).toEqual([
      "@admin: Cannot get base ref of PR",
    ]);
  });
});

test.each([
  ["/override x", { isPR: false }],
  ["/override x", { action: "edited" }],
  ["/override-cancel", { action: "deleted" }],
  ["/test x", {}],
  ["> /override x", {}],
  ["/overrides x", {}],
] as [string, Partial<CommentEvent>][])("%j as %j does nothing and costs no request", async (body, event) => {
  const refused = () => new Error("asked");
  const answers: Answers = { pullRequest: refused, statusHistory: refused, permission: refused };
  expect(await play("admin", body, { event, answers })).toEqual([]);
  expect(await play("admin", "/override x", { pr: { state: "closed" }, answers })).toEqual([]);
});

test("a comment of 65,536 characters is dealt with at once", async () => {
  for (const piece of ["/override x\n", '/override "', "/override ", '" ']) {
    const body = `/override broken-test\n${piece.repeat(65_500 / piece.length)}`;
    expect((await play("admin", body, { history: [BROKEN] })).length).toBeGreaterThan(0);
  }
});
