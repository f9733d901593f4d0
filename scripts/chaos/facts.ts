// What is to be seen afterwards, gathered from GitHub, its ledger and the cluster.
import type { Kube } from "../../src/kube/port.ts";
import type { Recorded } from "../../src/local/github/ledger.ts";
import { PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";
import { ORG } from "../stage/people.ts";
import type { HookLog } from "./hook-log.ts";
import type { People } from "./people.ts";
import type { PodRecord } from "./pods.ts";
import { NAMESPACE, repoOf } from "./setting.ts";
import type { Stored } from "./storage.ts";
import type { World } from "./world.ts";

export interface PullFacts {
  repo: string;
  number: number;
  open: boolean;
  merged: boolean;
  head: string;
  branch: string;
  labels: string[];
  comments: { id: number; login: string; body: string }[];
  /** Of the head, the newest of each context. */
  statuses: { context: string; state: string }[];
}

export interface Facts {
  bot: string;
  ledger: readonly Recorded[];
  pulls: readonly PullFacts[];
  jobs: readonly ProwJob[];
  /** UIDs of the pods that each ProwJob has had. */
  pods: PodRecord["born"];
  stored: Stored;
  /** Deliveries that hook gave up. */
  dead: readonly string[];
  hook: HookLog;
}

export async function ledgerOf({ admin }: Pick<World, "admin">, from = 0): Promise<Recorded[]> {
  const all: Recorded[] = [];
  for (;;) {
    const after = all.at(-1)?.n ?? from;
    const { entries } = await admin<{ entries: Recorded[] }>(`ledger?after=${after}`);
    if (entries.length === 0) return all;
    all.push(...entries);
  }
}

export const jobsOf = async ({ read }: Kube): Promise<ProwJob[]> =>
  (await read.list(PROW_JOB, { namespace: NAMESPACE })).items;

export async function pullFacts({ ask }: People, repos: number): Promise<PullFacts[]> {
  const pulls: PullFacts[] = [];
  for (let n = 0; n < repos; n++) {
    const repo = repoOf(n, repos);
    const here = `/repos/${ORG}/${repo}`;
    for (const pull of await allPages<ListedPull>(ask, `${here}/pulls?state=all`)) {
      const { number, state, merged_at, head, labels } = pull;
      const comments = await allPages<ListedComment>(ask, `${here}/issues/${number}/comments?`);
      const combined = await ask<{ statuses: { context: string; state: string }[] }>(
        "GET",
        `${here}/commits/${head.sha}/status?per_page=100`,
      );
      pulls.push({
        ...{ repo, number, open: state === "open", merged: merged_at !== null, head: head.sha },
        branch: head.ref,
        labels: labels.map(({ name }) => name),
        comments: comments.map(({ id, user, body }) => ({ id, login: user.login, body })),
        statuses: combined.statuses.map(({ context, state: told }) => ({ context, state: told })),
      });
    }
  }
  return pulls;
}

interface ListedPull {
  number: number;
  state: string;
  merged_at: string | null;
  head: { sha: string; ref: string };
  labels: { name: string }[];
}

interface ListedComment {
  id: number;
  user: { login: string };
  body: string;
}

async function allPages<T>(ask: People["ask"], path: string): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; ; page++) {
    const some = await ask<T[]>("GET", `${path}&per_page=100&page=${page}`);
    all.push(...some);
    if (some.length < 100) return all;
  }
}
