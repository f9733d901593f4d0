// testfreeze: when Kubernetes is frozen, and what its pull requests are told then.
import { expect, test } from "vitest";
import { testfreeze } from "../../src/plugins/testfreeze.ts";
import { endless, fakeWeb } from "./web.ts";
import { world } from "./world.ts";

const CONFIG = "https://raw.githubusercontent.com/kubernetes/test-infra/master/config/prow/config.yaml";
const JOBS = "https://prow.k8s.io/prowjobs.js?omit=annotations,labels,decoration_config,pod_spec";
const PHASES = "https://github.com/kubernetes/sig-release/blob/master/releases/release_phases.md";

const BRANCHES = [
  "heads/release-1.9",
  "heads/release-1.30",
  "heads/release-1.31-old",
  "heads/release-x",
  "heads/release-01.99",
];
const excluding = (...branches: string[]) =>
  `tide:\n  queries:\n  - {repos: [kubernetes/other], excludedBranches: [release-1.30, release-1.31]}\n  - repos: [kubernetes/kubernetes]\n    excludedBranches: [x, ${branches.join(", ")}]\n  - {}\n`;
const job = (name: string, state: string, completionTime?: string) => ({
  spec: { job: name },
  status: { state, completionTime },
});
const RUNS = {
  items: [
    null,
    job("other", "success", "2026-01-01T00:00:00Z"),
    job("ci-fast-forward", "failure", "2026-01-02T00:00:00Z"),
    job("ci-fast-forward", "success", "2026-01-03T04:05:06Z"),
    job("ci-fast-forward", "success", "2026-01-01T00:00:00Z"),
  ],
};

interface Case {
  branches?: string[];
  tags?: string[];
  config?: Parameters<typeof fakeWeb>[0][string];
  jobs?: Parameters<typeof fakeWeb>[0][string];
  repo?: { org: string; repo: string };
  base?: string;
  action?: string;
  labels?: string[];
}

async function told({
  action = "opened",
  base = "master",
  branches = BRANCHES,
  config = excluding(),
  jobs = RUNS,
  labels = [],
  repo = { org: "kubernetes", repo: "kubernetes" },
  tags = [],
}: Case): Promise<string | undefined> {
  const refs = [...branches, ...tags.map((tag) => `tags/${tag}`)];
  const pr = world({
    ...fakeWeb({ [CONFIG]: config, [JOBS]: jobs }),
    answers: { matchingRefs: async (_repo, prefix) => refs.filter((ref) => ref.startsWith(prefix)) },
  }).pr({ base, labels });
  const [effect, ...more] = await pr.world.play(testfreeze, pr.event(action, { repo }));
  expect(more).toEqual([]);
  if (effect) expect(effect).toMatchObject({ do: "createComment", issue: { ...repo, number: 1 } });
  return (effect as { body?: string } | undefined)?.body;
}

const RELEASED = ["v1.30.0-rc.1", "v1.30.0", "v1.30.1"];

const CODE = `Please note that we're already in [Code Freeze](${PHASES}#code-freeze) for the upcoming v1.30.0 release.

**Adding the milestone to this PR is strictly prohibited without proper approval.** If this PR needs to be included in the v1.30.0 release:
1. Technical review: get the PR reviewed and approved as usual (\`/lgtm\` and \`/approve\`)
2. Inclusion in release: tag \`@kubernetes/sig-release-leads\` on this PR and ping the [#sig-release Slack channel](https://kubernetes.slack.com/archives/C2C40FMNF) to request adding the \`v1.30.0\` milestone
`;
const BUG = `Please note that we're already in [Code Freeze](${PHASES}#code-freeze) for the upcoming v1.30.0 release.

This PR is labeled \`kind/bug\`, so it **may** be included in the v1.30.0 release as a bug fix. Please make sure to:
1. Technical review: get the PR reviewed and approved as usual (\`/lgtm\` and \`/approve\`)
2. Release team awareness: tag \`@kubernetes/sig-release-leads\` on this PR so the release team is aware of the fix going in. You can also ping the [#sig-release Slack channel](https://kubernetes.slack.com/archives/C2C40FMNF) for time-sensitive cases.
`;
const test1 = (also: string, last: string) => `

---

We're${also} in [Test Freeze](${PHASES}#test-freeze) for the \`release-1.30\` branch. This means every merged PR will be automatically fast-forwarded via the periodic [ci-fast-forward](https://testgrid.k8s.io/sig-release-releng-blocking#git-repo-kubernetes-fast-forward) job to the release branch of the upcoming v1.30.0 release.

Fast forwards are scheduled to happen every 6 hours, whereas the most recent run was: ${last}.
`;
const LAST = "Sat Jan  3 04:05:06 UTC 2026";

test.each<[string, Case, string | undefined]>([
  ["test freeze", {}, test1("", LAST)],
  ["test freeze, with candidates tagged", { tags: ["v1.30.0-rc.1"] }, test1("", LAST)],
  ["both", { config: excluding("release-1.30") }, `${CODE}${test1(" also", LAST)}`],
  [
    "both, a bug",
    { config: excluding("release-1.30"), labels: ["kind/bug"] },
    `${BUG}${test1(" also", LAST)}`,
  ],
  ["neither", { tags: RELEASED }, undefined],
  ["code freeze", { tags: RELEASED, config: excluding("release-1.30") }, `${CODE}\n`],
  [
    "code freeze before the branch is made",
    { tags: RELEASED, config: excluding("release-1.31") },
    `${CODE.replaceAll("1.30", "1.31")}\n`,
  ],
  ["reopened", { action: "reopened" }, test1("", LAST)],
])("%s", async (_what, one, expected) => {
  expect(await told(one)).toBe(expected?.replace(/^\n\n---/, "\n\n---"));
});

test.each<[string, Case]>([
  ["another action", { action: "synchronize" }],
  ["another org", { repo: { org: "acme", repo: "kubernetes" } }],
  ["another repository", { repo: { org: "kubernetes", repo: "test-infra" } }],
  ["another branch", { base: "release-1.30" }],
  ["no release branch", { branches: ["heads/release-x"] }],
])("nothing for %s", async (_what, one) => {
  expect(await told(one)).toBeUndefined();
});

test.each<[string, Case["jobs"]]>([
  ["down", new Error("ECONNREFUSED")],
  ["failing", 502],
  ["not JSON", "var allBuilds = "],
  ["without such a run", { items: [job("ci-fast-forward", "pending")] }],
  ["without its time", { items: [job("ci-fast-forward", "success")] }],
  ["odd", { items: 7 }],
])("the last fast forward is unknown when its list is %s", async (_how, jobs) => {
  expect(await told({ jobs: jobs! })).toBe(test1("", "unknown"));
});

test.each<[string, Case["config"]]>([
  ["down", new Error("ECONNREFUSED")],
  ["failing", 404],
  ["endless", endless()],
  ["broken", "tide: ["],
  ["odd", "tide: {queries: {a: b}}"],
  ["empty", "x"],
])("code freeze is not told of when tide's configuration is %s", async (_how, config) => {
  expect(await told({ config: config! })).toBe(test1("", LAST));
  expect(await told({ config: config!, tags: RELEASED })).toBeUndefined();
});
