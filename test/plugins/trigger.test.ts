// trigger: what starts which jobs, for whom, and what it says when it does not.
import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { trigger } from "../../src/plugins/trigger.ts";
import { BOT, type Issue, type Options, world } from "./world.ts";

const presubmits = [
  { name: "unit", always_run: true },
  { name: "e2e", always_run: false },
  { name: "perf", always_run: false, optional: true },
  { name: "docs", run_if_changed: "^docs/" },
];
const base: Options = { members: ["alice", "bob"], collaborators: ["outsider"], presubmits };

const started = (effects: Effect[]): string[] =>
  effects.flatMap((effect) => (effect.do === "createProwJob" ? [effect.job.spec.job] : []));
const comment = (pr: Issue, by: string, body: string) => pr.world.react(trigger, pr.comment(by, body));

describe("pull requests", () => {
  test("a member's starts the automatic jobs that its files ask for", async () => {
    const pr = world(base).pr({ files: ["main.go"] });
    const effects = await pr.world.play(trigger, pr.event("opened"));
    expect(effects).toHaveLength(1);
    const { job } = effects[0] as { job: ProwJob };
    expect(job.metadata.labels).toMatchObject({
      "created-by-prow": "true",
      "event-GUID": "guid-opened",
      "prow.k8s.io/is-optional": "false",
      "prow.k8s.io/job": "unit",
      "prow.k8s.io/refs.pull": "1",
      "prow.k8s.io/type": "presubmit",
    });
    expect(job.spec.refs).toEqual({
      org: "acme",
      repo: "lib",
      repo_link: "https://github.com/acme/lib",
      base_ref: "main",
      base_sha: "b".repeat(40),
      base_link: `https://github.com/acme/lib/commit/${"b".repeat(40)}`,
      pulls: [
        {
          number: 1,
          author: "alice",
          author_link: "https://github.com/alice",
          sha: pr.headSHA,
          title: "Change something",
          head_ref: "patch-1",
          link: "https://github.com/acme/lib/pull/1",
          commit_link: `https://github.com/acme/lib/pull/1/commits/${pr.headSHA}`,
        },
      ],
    });
  });

  test("a replay names the same jobs, another push others", async () => {
    const pr = world(base).pr();
    const name = async (action: string) =>
      ((await pr.world.play(trigger, pr.event(action)))[0] as { job: ProwJob }).job.metadata.name;
    expect(await name("opened")).toBe(await name("opened"));
    expect(await name("opened")).not.toBe(await name("reopened"));
  });

  test.each([
    ["opened", {}, {}, ["unit", "docs"]],
    ["reopened", {}, {}, ["unit", "docs"]],
    ["ready_for_review", {}, {}, ["unit", "docs"]],
    ["synchronize", {}, {}, ["unit", "docs"]],
    ["edited", {}, { changes: { base: { ref: { from: "old" } } } }, ["unit", "docs"]],
    ["edited", {}, { changes: { title: { from: "old" } } }, []],
    ["synchronize", { draft: true }, {}, []],
    ["opened", { mergeable: false }, {}, []],
    ["opened", { by: "outsider" }, {}, ["unit", "docs"]],
    ["synchronize", { by: "newbie" }, {}, []],
    ["synchronize", { by: "newbie", labels: ["ok-to-test"] }, {}, ["unit", "docs"]],
    ["assigned", {}, {}, []],
  ])("%s %j %j starts %j", async (action, options, more, jobs) => {
    const pr = world(base).pr({ files: ["docs/a.md"], ...options });
    expect(started(await pr.world.play(trigger, pr.event(action, more)))).toEqual(jobs);
  });

  test("files are read only when a filter asks for them", async () => {
    const pr = world({ ...base, presubmits: presubmits.slice(0, 2) }).pr();
    await pr.world.play(trigger, pr.event("opened"));
    expect(pr.world.reads).toEqual(["isMember", "pullRequest", "branchSHA"]);
  });

  test("a draft is told so, once", async () => {
    const pr = world(base).pr({ draft: true });
    await pr.world.react(trigger, pr.event("opened"));
    expect(pr.said).toEqual([
      "Skipping CI for Draft Pull Request.\nIf you want CI signal for your change, please convert it to an actual PR.\nYou can still manually trigger a test run with `/test all`",
    ]);
  });

  test("closing, drafting and pushing abort what runs", async () => {
    const pr = world(base).pr();
    await pr.world.react(trigger, pr.event("opened"));
    const [job] = pr.world.jobs;
    Object.assign(job!.metadata, { resourceVersion: "7" });
    const done = structuredClone(job!);
    done.status.completionTime = "2026-11-23T10:01:00Z";
    const elsewhere = structuredClone(job!);
    elsewhere.spec.refs!.repo = "other";
    pr.world.jobs.push(done, elsewhere);
    const abort = {
      do: "patchProwJob",
      name: job!.metadata.name,
      namespace: "prowjobs",
      resourceVersion: "7",
      patch: { status: { state: "aborted", description: "Aborted by trigger plugin." } },
    };
    expect(await pr.world.play(trigger, pr.event("closed"))).toEqual([abort]);
    expect(await pr.world.play(trigger, pr.event("converted_to_draft"))).toEqual([abort]);
    const [first, ...rest] = await pr.world.play(trigger, pr.event("synchronize"));
    expect(first).toEqual(abort);
    expect(started(rest)).toEqual(["unit"]);
  });

  test("labels: lgtm runs what is untrusted, ok-to-test by hand runs, by the bot not again", async () => {
    const pr = world(base).pr({ by: "newbie" });
    expect(started(await pr.world.play(trigger, pr.labeled("lgtm", "bob")))).toEqual(["unit"]);
    expect(started(await pr.world.play(trigger, pr.labeled("ok-to-test", "bob")))).toEqual(["unit"]);
    expect(started(await pr.world.play(trigger, pr.labeled("ok-to-test", "ci-robot")))).toEqual([]);
    const trusted = world(base).pr();
    expect(started(await trusted.world.play(trigger, trusted.labeled("lgtm", "bob")))).toEqual([]);
  });

  test("without presubmits there is silence, for strangers too", async () => {
    const pr = world({ ...base, presubmits: [] }).pr({ by: "newbie" });
    expect(await pr.world.play(trigger, pr.event("opened"))).toEqual([]);
    expect(pr.world.reads).toEqual([]);
  });
});

describe("trust", () => {
  const WELCOME = `Hi @newbie. Thanks for your PR.

I'm waiting for a [acme](https://github.com/orgs/acme/people) member to verify that this patch is reasonable to test. If it is, they should reply with \`/ok-to-test\` on its own line. Until that is done, I will not automatically test new commits in this PR, but the usual testing commands by org members will still work.

Regular contributors should [join the org](https://github.com/orgs/acme/people) to skip this step.

Once the patch is verified, the new status will be reflected by the \`ok-to-test\` label.

I understand the commands that are listed [here](https://go.k8s.io/bot-commands?repo=acme%2Flib).

<details>

Instructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository.
</details>
`;

  test("a stranger is welcomed, waits, and is tested after /ok-to-test", async () => {
    const pr = world(base).pr({ by: "newbie" });
    await pr.world.react(trigger, pr.event("opened"));
    expect(pr.said).toEqual([WELCOME]);
    expect([...pr.labels]).toEqual(["needs-ok-to-test"]);
    await comment(pr, "newbie", "/ok-to-test");
    expect(pr.said[1]).toMatch(
      /^@newbie: Cannot trigger testing until a trusted user reviews the PR and leaves an `\/ok-to-test` message\.\n\n<details>/,
    );
    expect(started(await comment(pr, "bob", "/ok-to-test"))).toEqual(["unit"]);
    expect([...pr.labels]).toEqual(["ok-to-test"]);
  });

  test("trust can be taken back, by the trusted only", async () => {
    const pr = world(base).pr({ by: "newbie", labels: ["ok-to-test"] });
    await comment(pr, "newbie", "/ok-to-test cancel");
    expect(pr.said[0]).toContain("@newbie: Only trusted users can revoke `/ok-to-test`.\n");
    expect(started(await comment(pr, "bob", "/ok-to-test cancel"))).toEqual([]);
    expect([...pr.labels]).toEqual(["needs-ok-to-test"]);
  });

  test("who has had pull requests merged is invited warmly", async () => {
    const pr = world({ ...base, merged: 3 }).pr({ by: "newbie" });
    await pr.world.react(trigger, pr.event("opened"));
    expect(pr.said[0]).toContain(
      "\n\n>[!TIP]\n>**We noticed you've done this a few times! Consider [joining the org]",
    );
  });

  test("the configuration says who is trusted", async () => {
    const trust = (options: object): Options => ({
      ...base,
      plugins: { triggers: [{ repos: ["acme"], ...options }] },
    });
    const app = world(trust({ trusted_apps: ["renovate"] })).pr({ by: "renovate[bot]" });
    expect(started(await app.world.play(trigger, app.event("opened")))).toEqual(["unit"]);
    const strict = world(trust({ only_org_members: true })).pr({ by: "outsider" });
    expect(started(await strict.world.play(trigger, strict.event("opened")))).toEqual([]);
    const closed = world(trust({ ignore_ok_to_test: true })).pr({ by: "newbie" });
    await closed.world.react(trigger, closed.event("opened"));
    expect(closed.said[0]).toContain(
      "PRs from untrusted users cannot be marked as trusted with `/ok-to-test`",
    );
    expect([...closed.labels]).toEqual([]);
    await comment(closed, "newbie", "/test unit");
    expect(closed.said[1]).toContain("Collaborators can still trigger tests on the PR using `/test`.");
    expect(started(await comment(closed, "bob", "/ok-to-test"))).toEqual([]);
  });
});

describe("comments", () => {
  test.each([
    ["/test unit", ["unit"]],
    ["/test docs", ["docs"]],
    ["/test all", ["unit"]],
    ["/test unit\r\n/test e2e\r\n", ["unit", "e2e"]],
    ["/test e2e unit", ["unit", "e2e"]],
    ["/test-manual-required", ["e2e"]],
    ["/TEST unit", []],
    ["```\n/test unit\n```\n", []],
    ["```\n/test e2e\n```\n/test unit", ["unit", "e2e"]],
    ["> /test unit", []],
    ["please /test unit", []],
  ])("%j starts %j", async (body, jobs) => {
    const pr = world(base).pr();
    const effects = await comment(pr, "bob", body);
    expect(started(effects)).toEqual(jobs);
    expect(effects).toHaveLength(jobs.length);
  });

  test("one that comes again after a push has had its job", async () => {
    const pr = world(base).pr();
    const event = pr.comment("bob", "/test unit");
    const names = async () =>
      (await pr.world.play(trigger, event)).map(
        (effect) => effect.do === "createProwJob" && effect.job.metadata.name,
      );
    const first = await names();
    pr.headSHA = "e".repeat(40);
    expect(await names()).toEqual(first);
    expect(first).toHaveLength(1);
  });

  test("branches bind even what is asked for by name", async () => {
    const jobs = [{ name: "release", always_run: false, branches: ["release-1"] }];
    const pr = world({ ...base, presubmits: jobs }).pr();
    await comment(pr, "bob", "/test release");
    expect(pr.said[0]).toContain("@bob: No presubmit jobs available for acme/lib@main\n");
  });

  test("drafts can be tested by comment, conflicts and closed ones not", async () => {
    const draft = world(base).pr({ draft: true });
    expect(started(await comment(draft, "bob", "/test unit"))).toEqual(["unit"]);
    const conflict = world(base).pr({ mergeable: false });
    expect(await comment(conflict, "bob", "/test unit")).toEqual([]);
    const closed = world(base).pr({ state: "closed" });
    expect(await comment(closed, "bob", "/test all")).toEqual([]);
  });

  test("/retest runs what failed, and automatic jobs that never reported; with a label of its own", async () => {
    const small = world(base);
    small.statuses.push(
      { context: "e2e", state: "failure", description: "", target_url: "" },
      { context: "perf", state: "error", description: "", target_url: "" },
    );
    const pr = small.pr();
    const effects = await comment(pr, "bob", "/retest");
    expect(started(effects)).toEqual(["unit", "e2e", "perf"]);
    expect((effects[0] as { job: ProwJob }).job.metadata.labels).toMatchObject({
      "prow.k8s.io/retest": "true",
    });
    expect(started(await comment(pr, "bob", "/retest-required"))).toEqual(["unit", "e2e"]);
    small.statuses.push({ context: "unit", state: "success", description: "", target_url: "" });
    expect(started(await comment(pr, "bob", "/retest"))).toEqual(["e2e", "perf"]);
  });

  const HELP = `The following commands are available to trigger required jobs:
\`\`\`
/test docs
\`\`\`
\`\`\`
/test e2e
\`\`\`
\`\`\`
/test unit
\`\`\`

The following commands are available to trigger optional jobs:
\`\`\`
/test perf
\`\`\`

Use \`/test all\` to run the following jobs that were automatically triggered:
\`\`\`
unit
\`\`\`

`;

  test.each([
    ["/test ?", ""],
    ["/test", "The `/test` command needs one or more targets.\n"],
    ["/retest unit", "The `/retest` command does not accept any targets.\n"],
    ["/test nope", "The specified target(s) for `/test` were not found.\n"],
  ])("%j is answered with help, which goes with the next test", async (body, note) => {
    const pr = world(base).pr();
    await comment(pr, "bob", body);
    expect(pr.said[0]!.startsWith(`@bob: ${note}${HELP}\n\n<details>\n\nIn response to [this]`)).toBe(true);
    await comment(pr, "bob", "/test unit");
    expect(pr.said).toEqual([]);
  });

  test("/test all with nothing to run says so", async () => {
    const pr = world({ ...base, presubmits: [{ name: "e2e", always_run: false }] }).pr();
    await comment(pr, "bob", "/test all");
    expect(pr.said[0]).toMatch(/^@bob: No jobs can be run with `\/test all`\.\nThe following commands/);
  });

  test("another trigger and rerun command than the usual", async () => {
    const jobs = [
      { name: "special", rerun_command: "/run special", trigger: "(?m)^/run (special|all),?(\\s+|$)" },
    ];
    const pr = world({ ...base, presubmits: jobs }).pr();
    expect(started(await comment(pr, "bob", "/run special"))).toEqual(["special"]);
    await comment(pr, "bob", "/test special");
    expect(pr.said[0]).toContain("\n/run special\n");
  });

  test("the bot's own comments and idle talk start nothing and read nothing", async () => {
    const pr = world(base).pr();
    await comment(pr, "ci-robot", "/test unit");
    await comment(pr, "bob", "nice work");
    expect(pr.world.jobs).toEqual([]);
    expect(pr.world.reads).toEqual([]);
  });

  test("whoever is called like the bot but for [bot] is not the bot", async () => {
    const pr = world(base).pr({ by: "ci-robot[bot]" });
    expect(started(await pr.world.play(trigger, pr.event("opened")))).toEqual([]);
    const app = world(base);
    const byUser = app.pr({ by: BOT });
    const context = { ...app.context, bot: `${BOT}[bot]` };
    expect(started(await trigger.handle(byUser.event("opened"), context))).toEqual([]);
    const byApp = app.pr({ by: `${BOT}[bot]` });
    expect(started(await trigger.handle(byApp.event("opened"), context))).toEqual(["unit"]);
  });

  test("a comment of 65,536 characters is dealt with at once", async () => {
    const pr = world(base).pr();
    for (const piece of ["```\n", "/test ", "/retest \n", " ", "<!--", "/x\n"]) {
      await comment(pr, "bob", `/test unit\n${piece.repeat(65_500 / piece.length)}`);
    }
    expect(pr.world.jobs.length).toBeGreaterThan(0);
  });
});

describe("pushes", () => {
  const small = world({
    postsubmits: [
      { name: "post" },
      { name: "docs", run_if_changed: "^docs/" },
      { name: "release", branches: ["release-1"] },
      { name: "never", always_run: false },
    ],
  });

  test("start the postsubmits of the branch and the files", async () => {
    const effects = await small.play(trigger, small.push(["main.go"]));
    expect(started(effects)).toEqual(["post"]);
    expect((effects[0] as { job: ProwJob }).job.spec.refs).toEqual({
      org: "acme",
      repo: "lib",
      repo_link: "https://github.com/acme/lib",
      base_ref: "main",
      base_sha: "c".repeat(40),
      base_link: "https://github.com/acme/lib/compare/x...y",
    });
    expect(started(await small.play(trigger, small.push(["docs/a"], "refs/heads/release-1")))).toEqual([
      "post",
      "docs",
      "release",
    ]);
  });

  test("and pull requests are cloned from where the configuration says, whatever the webhook says", async () => {
    const pr = world({ ...base, postsubmits: [{ name: "post" }] }).pr();
    const repo = { ...pr.pullRequest().base.repo!, html_url: "https://evil.example/acme/lib" };
    const forged = { ...pr.pullRequest(), html_url: "https://evil.example/acme/lib/pull/1" };
    const event = pr.event("opened", { pr: { ...forged, base: { ...forged.base, repo } } });
    const made = await pr.world.play(trigger, event);
    expect(made).toHaveLength(1);
    expect(JSON.stringify(made)).toContain('"repo_link":"https://github.com/acme/lib"');
    expect(JSON.stringify(made)).not.toContain("evil.example");
  });

  test("a deletion starts nothing", async () => {
    expect(await small.play(trigger, small.push([], "refs/heads/main", "0".repeat(40)))).toEqual([]);
    expect(await small.play(trigger, { ...small.push([]), deleted: true })).toEqual([]);
  });
});
