// The setting: the accounts and repositories on GitHub, and the configuration of the components.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadYAML } from "../../src/lib/yaml/load.ts";

export const ORG = "harbour";
export const BOT = "cutwater[bot]";
/** Prow's hook signs in by a token. */
export const TOKEN_BOT = "prow-bot";
export const NAMESPACE = "default";
export const POD_NAMESPACE = "test-pods";
export const BUCKET = "results";
export const SECRET = "chaos-secret";
export const APP_ID = 4711;

export const repoOf = (pull: number, repos: number): string => `knots-${pull % repos}`;

const LABELS = [
  "lgtm",
  "approved",
  "ready",
  "do-not-merge/hold",
  "dco-signoff: yes",
  "kind/bug",
  "kind/feature",
  "needs-ok-to-test",
];

export interface Hooked {
  /** Where deliveries go. */
  url: string;
  /** Public and private keys of the App are made from it; absent: an org's webhook, for a bot with a token. */
  key?: string;
}

export function seedOf(repos: number, { url, key }: Hooked): object {
  const app = loadYAML(readFileSync(new URL("../../app.yml", import.meta.url), "utf8")) as {
    default_permissions: Record<string, string>;
    default_events: string[];
  };
  const people = ["ada", "grace", "margaret"].map((login) => ({ login, token: `${login}-token` }));
  return {
    users: [...people, { login: TOKEN_BOT, token: `${TOKEN_BOT}-token` }],
    orgs: [
      { login: ORG, members: { ada: "admin", grace: "member", margaret: "member", [TOKEN_BOT]: "admin" } },
    ],
    repos: Array.from({ length: repos }, (_, n) => ({
      owner: ORG,
      name: repoOf(n, repos),
      author: "ada",
      files: { OWNERS: "approvers: [ada]\nreviewers: [margaret]\n", "README.md": "# Knots\n" },
      labels: LABELS.map((name) => ({ name })),
      collaborators: { grace: "write", margaret: "write" },
    })),
    ...(key
      ? {
          apps: [
            {
              ...{ name: "Cutwater", owner: ORG, id: APP_ID, key, webhook_secret: SECRET, hook_url: url },
              ...{ permissions: app.default_permissions, events: app.default_events },
              installations: [{ account: ORG }],
            },
          ],
        }
      : { hooks: [{ scope: ORG, url, secret: SECRET, events: app.default_events }] }),
  };
}

/** The second is as real Prow's hook asks for it. */
const GIT_HOSTS = ["https://github.invalid/", `https://${TOKEN_BOT}:${TOKEN_BOT}-token@github.invalid/`];

export interface Files {
  config: string;
  plugins: string;
  hmac: string;
  token: string;
  gitConfig: string;
}

export function writeFiles(folder: string, repos: number, github: string): Files {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return {
    config: put("config.yaml", JSON.stringify(configOf(repos))),
    plugins: put("plugins.yaml", JSON.stringify(PLUGINS)),
    hmac: put("hmac", SECRET),
    token: put("token", `${TOKEN_BOT}-token`),
    // Components know GitHub's web address by its host alone, and that is over HTTPS.
    gitConfig: put(
      "gitconfig",
      `[url "${github}/"]\n${GIT_HOSTS.map((url) => `\tinsteadOf = ${url}\n`).join("")}`,
    ),
  };
}

const job = (name: string, more: object) => ({
  name,
  decorate: false,
  spec: { containers: [{ image: "test", command: ["true"] }] },
  ...more,
});

const configOf = (repos: number) => ({
  prowjob_namespace: NAMESPACE,
  pod_namespace: POD_NAMESPACE,
  log_level: "info",
  // Each run has a page of its own, so that the same status told twice is no other run's.
  plank: {
    pod_pending_timeout: "10m",
    job_url_template: "https://deck.invalid/view/{{.ObjectMeta.Name}}",
    default_decoration_configs: {
      "*": { gcs_configuration: { bucket: BUCKET, path_strategy: "explicit" } },
    },
  },
  sinker: { resync_period: "5s", max_prowjob_age: "48h", max_pod_age: "48h", terminated_pod_ttl: "15s" },
  tide: {
    sync_period: "2s",
    status_update_period: "2s",
    queries: [{ orgs: [ORG], labels: ["lgtm", "approved", "ready"], missingLabels: ["do-not-merge/hold"] }],
  },
  presubmits: Object.fromEntries(
    Array.from({ length: repos }, (_, n) => [
      `${ORG}/${repoOf(n, repos)}`,
      [
        job("unit", { always_run: true }),
        job("flaky", { always_run: true, optional: true }),
        job("extra", { always_run: false, optional: true }),
      ],
    ]),
  ),
});

const PLUGINS = {
  plugins: {
    [ORG]: { plugins: ["approve", "dco", "hold", "label", "lgtm", "lifecycle", "size", "trigger"] },
  },
  approve: [{ repos: [ORG], require_self_approval: true }],
  triggers: [{ repos: [ORG] }],
};
