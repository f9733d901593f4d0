// A small world as plain data: configuration, pull requests, ProwJobs, and the ports that tide reads.
import type { Config } from "../../src/config/config.ts";
import type { Presubmit } from "../../src/config/job.ts";
import type { Git } from "../../src/git/port.ts";
import type { GitHubRead } from "../../src/github/port.ts";
import type { ObjectStore } from "../../src/kube/port.ts";
import type { Effect } from "../../src/model/effect.ts";
import { PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";
import type { ContextPolicy } from "../../src/tide/contexts.ts";
import type { Candidate, Pool } from "../../src/tide/pool.ts";
import type { Context, ContextState, PullRequest } from "../../src/tide/pull-request.ts";

export const BASE = "b".repeat(40);
export const NOW = new Date("2026-01-02T03:04:05.678Z");
export const head = (number: number): string => String(number).padStart(40, "0");

export const presubmit = (name: string, more: Partial<Presubmit> = {}): Presubmit => ({
  name,
  context: name,
  agent: "kubernetes",
  cluster: "default",
  namespace: "test-pods",
  trigger: "",
  rerun_command: `/test ${name}`,
  always_run: true,
  ...more,
});

/** Only what tide reads of a configuration. */
export function configOf(tide: object = {}, presubmits: Presubmit[] = []): Config {
  const config = {
    prowjob_namespace: "prowjobs",
    github: { link_url: "https://github.com" },
    github_reporter: {},
    presubmits: { "acme/lib": presubmits },
    "branch-protection": {},
    tide: {
      sync_period: "1m0s",
      status_update_period: "1m0s",
      max_goroutines: 20,
      target_urls: { "*": "https://ci.example.com/tide" },
      pr_status_base_urls: {},
      queries: [{ orgs: ["acme"], labels: ["lgtm"] }],
      ...tide,
    },
  };
  return config as unknown as Config;
}

export const pullRequest = (number: number, more: Partial<PullRequest> = {}): PullRequest => ({
  org: "acme",
  repo: "lib",
  number,
  title: `Change ${number}`,
  body: "Because.",
  author: "alice",
  authorIsBot: false,
  branch: "main",
  baseSHA: BASE,
  headRef: `patch-${number}`,
  headSHA: head(number),
  mergeable: "MERGEABLE",
  mergeStateStatus: "CLEAN",
  canBeRebased: true,
  reviewDecision: "",
  labels: ["lgtm"],
  updatedAt: "2026-01-02T03:00:00Z",
  ...more,
});

export const context = (name: string, state: ContextState = "SUCCESS", description = ""): Context => ({
  context: name,
  state,
  description,
});

export const POLICY: ContextPolicy = {
  required: [],
  requiredIfPresent: [],
  optional: [],
  optionalPatterns: [],
  skipUnknown: false,
};

type CandidateParts = Partial<Omit<Candidate, "pr" | "policy">> & {
  pr?: Partial<PullRequest>;
  policy?: Partial<ContextPolicy>;
};

export const candidate = (number: number, { pr, policy, ...more }: CandidateParts = {}): Candidate => ({
  pr: pullRequest(number, pr),
  contexts: [],
  policy: { ...POLICY, ...policy },
  presubmits: [],
  method: "merge",
  allowedMethods: ["merge", "squash", "rebase"],
  blocksPolicy: "permit",
  startedByTide: new Set(),
  ...more,
});

export const pool = (candidates: Candidate[], more: Partial<Pool> = {}): Pool => ({
  org: "acme",
  repo: "lib",
  branch: "main",
  baseSHA: BASE,
  presubmits: candidates[0]?.presubmits ?? [],
  requireManual: false,
  candidates,
  prowJobs: [],
  blockers: [],
  ...more,
});

let serial = 0;

/** A run of `name` on the base, for one pull request or, of several numbers, a batch. */
export function prowJob(
  name: string,
  numbers: number[],
  state: ProwJob["status"]["state"],
  base = BASE,
): ProwJob {
  const ended = state !== "pending" && state !== "triggered" && state !== "scheduling";
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: { name: `job-${serial++}`, namespace: "prowjobs", labels: {} },
    spec: {
      type: numbers.length > 1 ? "batch" : "presubmit",
      job: name,
      context: name,
      refs: {
        org: "acme",
        repo: "lib",
        base_ref: "main",
        base_sha: base,
        pulls: numbers.map((number) => ({ number, author: "alice", sha: head(number) })),
      },
    },
    status: { state, ...(ended && { completionTime: "2026-01-02T03:00:00Z" }) },
  };
}

/** A store of ProwJobs to which `createProwJob` and `patchProwJob` effects are applied. */
export class JobStore implements ObjectStore<ProwJob> {
  jobs: ProwJob[];
  readonly #listeners = new Set<Parameters<ObjectStore<ProwJob>["onChange"]>[0]>();
  constructor(jobs: ProwJob[] = []) {
    this.jobs = jobs;
  }
  synced = () => true;
  list = () => this.jobs;
  get = (namespace: string, name: string) =>
    this.jobs.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  onChange(listener: Parameters<ObjectStore<ProwJob>["onChange"]>[0]) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  put(job: ProwJob): void {
    const same = ({ metadata }: ProwJob) => metadata.name === job.metadata.name;
    const old = this.jobs.find(same);
    this.jobs = [...this.jobs.filter((other) => !same(other)), job];
    const key = { namespace: job.metadata.namespace ?? "", name: job.metadata.name };
    for (const listener of this.#listeners) listener(key, job, old);
  }
  apply(effect: Effect): void {
    if (
      effect.do === "createProwJob" &&
      !this.get(PROW_JOB.namespaced ? "prowjobs" : "", effect.job.metadata.name)
    ) {
      this.put(effect.job);
    }
    const job = effect.do === "patchProwJob" && this.get(effect.namespace, effect.name);
    if (!job || effect.do !== "patchProwJob") return;
    const { status } = effect.patch as { status: ProwJob["status"] };
    const prev_report_states = { ...job.status.prev_report_states, ...status.prev_report_states };
    this.put({ ...job, status: { ...job.status, ...status, prev_report_states } });
  }
}

/** GraphQL's answer for a pull request. */
export const node = (pr: PullRequest): object => ({
  number: pr.number,
  author: { login: pr.author },
  authorMetadata: { __typename: pr.authorIsBot ? "Bot" : "User" },
  baseRef: { name: pr.branch, prefix: "refs/heads/", target: { oid: pr.baseSHA } },
  headRefName: pr.headRef,
  headRefOid: pr.headSHA,
  mergeable: pr.mergeable,
  mergeStateStatus: pr.mergeStateStatus,
  canBeRebased: pr.canBeRebased,
  repository: { name: pr.repo, nameWithOwner: `${pr.org}/${pr.repo}`, owner: { login: pr.org } },
  reviewDecision: pr.reviewDecision || null,
  commits: {
    nodes: [
      {
        commit: {
          oid: pr.headSHA,
          status: pr.contexts?.length ? { contexts: pr.contexts } : null,
          statusCheckRollup: null,
        },
      },
    ],
  },
  labels: { nodes: pr.labels.map((name) => ({ name })) },
  milestone: pr.milestone ? { title: pr.milestone } : null,
  body: pr.body,
  title: pr.title,
  updatedAt: pr.updatedAt,
});

/** Records every request; what a test does not provide for is an error. */
export function gitHub(answers: { pulls: () => PullRequest[]; issues?: () => object[] }) {
  const requests: string[] = [];
  /** How many searches each request to GraphQL held. */
  const packs: number[] = [];
  const search = (query: string) => {
    requests.push(query);
    const labels = [...query.matchAll(/(?<![-\w])label:"([^"]+)"/g)].map((match) => match[1] ?? "");
    const nodes = query.startsWith("is:issue")
      ? (answers.issues?.() ?? [])
      : answers
          .pulls()
          .filter((pr) => labels.every((label) => pr.labels.includes(label)))
          .map(node);
    return { pageInfo: { hasNextPage: false, endCursor: null }, nodes };
  };
  const read = {
    async graphql(_document: string, { query, ...packed }: Record<string, string>) {
      packs.push(query === undefined ? Object.keys(packed).length : 1);
      if (query !== undefined) return { search: search(query) };
      return Object.fromEntries(
        Object.entries(packed).map(([name, text]) => [name.replace("q", "s"), search(text)]),
      );
    },
    async repository() {
      requests.push("repository");
      return { allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: true };
    },
  };
  return { read: read as unknown as GitHubRead, requests, packs };
}

export const git = (numbers: number[]): Git => ({ mergeable: async () => numbers });
