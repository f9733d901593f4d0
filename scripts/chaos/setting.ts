// The setting: the accounts and repositories on GitHub, and the configuration of the components.
import { appOf, eventsOfApp } from "../stage/app.ts";
import { MEMBERS, ORG, PEOPLE, repoNamed, userOf } from "../stage/people.ts";

/** Prow's hook signs in by a token. */
export const TOKEN_BOT = "prow-bot";
export const NAMESPACE = "default";
export const POD_NAMESPACE = "test-pods";
export const BUCKET = "results";
export const SECRET = "chaos-secret";

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

export const seedOf = (repos: number, { url, key }: Hooked): object => ({
  users: [...PEOPLE, TOKEN_BOT].map(userOf),
  orgs: [{ login: ORG, members: { ...MEMBERS, [TOKEN_BOT]: "admin" } }],
  repos: Array.from({ length: repos }, (_, n) => repoNamed(repoOf(n, repos), LABELS)),
  ...(key
    ? { apps: [appOf({ key, secret: SECRET, url })] }
    : { hooks: [{ scope: ORG, url, secret: SECRET, events: eventsOfApp() }] }),
});

const job = (name: string, more: object) => ({
  name,
  decorate: false,
  spec: { containers: [{ image: "test", command: ["true"] }] },
  ...more,
});

export const configOf = (repos: number) => ({
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

export const PLUGINS = {
  plugins: {
    [ORG]: { plugins: ["approve", "dco", "hold", "label", "lgtm", "lifecycle", "size", "trigger"] },
  },
  approve: [{ repos: [ORG], require_self_approval: true }],
  triggers: [{ repos: [ORG] }],
};
