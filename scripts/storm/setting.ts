// The setting of a storm: repositories with a branch for each pull request to come, and the configuration of the components.
import { appOf } from "../stage/app.ts";
import { MEMBERS, ORG, PEOPLE, repoNamed, userOf } from "../stage/people.ts";

export const SECRET = "storm-secret";
export const JOB = "unit";

const PULLS_A_REPO = 20;

export interface Pull {
  /** Of all, from 0. */
  nth: number;
  repo: string;
  branch: string;
}

export const pullsOf = (count: number): Pull[] =>
  Array.from({ length: count }, (_, nth) => ({
    nth,
    repo: `knots-${Math.floor(nth / PULLS_A_REPO)}`,
    branch: `change-${nth}`,
  }));

/** `url`: where webhooks lead. */
export const seedOf = (pulls: readonly Pull[], { key, url }: { key: string; url: string }): object => ({
  users: PEOPLE.map(userOf),
  orgs: [{ login: ORG, members: MEMBERS }],
  repos: [...Map.groupBy(pulls, ({ repo }) => repo)].map(([name, own]) => ({
    ...repoNamed(name, ["lgtm", "approved", "kind/bug"]),
    branches: Object.fromEntries(own.map(({ branch, nth }) => [branch, { [`${nth}.txt`]: `${nth}\n` }])),
  })),
  apps: [appOf({ key, secret: SECRET, url })],
});

const job = {
  ...{ name: JOB, always_run: true, decorate: false },
  spec: { containers: [{ image: "test", command: ["true"] }] },
};

export const configOf = (pulls: readonly Pull[]) => ({
  ...{ prowjob_namespace: "default", pod_namespace: "test-pods", log_level: "info" },
  tide: {
    ...{ sync_period: "1m", status_update_period: "1m" },
    queries: [{ orgs: [ORG], labels: ["lgtm", "approved", "kind/bug"] }],
  },
  presubmits: Object.fromEntries(
    [...new Set(pulls.map(({ repo }) => repo))].map((repo) => [`${ORG}/${repo}`, [job]]),
  ),
});

export const PLUGINS = {
  plugins: { [ORG]: { plugins: ["approve", "assign", "hold", "label", "lgtm", "size", "trigger"] } },
  approve: [{ repos: [ORG], require_self_approval: true }],
  triggers: [{ repos: [ORG] }],
};
