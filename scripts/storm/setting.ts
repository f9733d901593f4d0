// The setting of a storm: an organisation with repositories, a branch for each pull request to come, and the App.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const ORG = "harbour";
export const BOT = "cutwater[bot]";
export const APP_ID = 4711;
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

export interface AppTold {
  key: string;
  hook: string;
  permissions: Record<string, string>;
  events: string[];
}

export function seedOf(pulls: readonly Pull[], { key, hook, permissions, events }: AppTold): object {
  const labels = ["lgtm", "approved", "kind/bug"].map((name) => ({ name }));
  const repos = [...Map.groupBy(pulls, ({ repo }) => repo)].map(([name, own]) => ({
    ...{ owner: ORG, name, author: "ada", labels },
    files: { OWNERS: "approvers: [ada]\nreviewers: [margaret]\n", "README.md": "# Knots\n" },
    branches: Object.fromEntries(own.map(({ branch, nth }) => [branch, { [`${nth}.txt`]: `${nth}\n` }])),
    collaborators: { grace: "write", margaret: "write" },
  }));
  const app = {
    ...{ name: "Cutwater", owner: ORG, id: APP_ID, key, webhook_secret: SECRET, hook_url: hook },
    ...{ permissions, events, installations: [{ account: ORG }] },
  };
  return {
    users: ["ada", "grace", "margaret"].map((login) => ({ login, token: `${login}-token` })),
    orgs: [{ login: ORG, members: { ada: "admin", grace: "member", margaret: "member" } }],
    repos,
    apps: [app],
  };
}

export interface Files {
  config: string;
  plugins: string;
  hmac: string;
  key: string;
  gitConfig: string;
}

export function writeFiles(
  folder: string,
  { pulls, github, key }: { pulls: readonly Pull[]; github: string; key: string },
): Files {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    config: put("config.yaml", JSON.stringify(configOf(pulls))),
    plugins: put("plugins.yaml", JSON.stringify(PLUGINS)),
    hmac: put("hmac", SECRET),
    key: put("key.pem", key),
    gitConfig: put("gitconfig", `[url "${github}/"]\n\tinsteadOf = https://github.invalid/\n`),
  };
}

const job = {
  ...{ name: JOB, always_run: true, decorate: false },
  spec: { containers: [{ image: "test", command: ["true"] }] },
};

const configOf = (pulls: readonly Pull[]) => ({
  ...{ prowjob_namespace: "default", pod_namespace: "test-pods", log_level: "info" },
  tide: {
    ...{ sync_period: "1m", status_update_period: "1m" },
    queries: [{ orgs: [ORG], labels: ["lgtm", "approved", "kind/bug"] }],
  },
  presubmits: Object.fromEntries(
    [...new Set(pulls.map(({ repo }) => repo))].map((repo) => [`${ORG}/${repo}`, [job]]),
  ),
});

const PLUGINS = {
  plugins: { [ORG]: { plugins: ["approve", "assign", "hold", "label", "lgtm", "size", "trigger"] } },
  approve: [{ repos: [ORG], require_self_approval: true }],
  triggers: [{ repos: [ORG] }],
};
