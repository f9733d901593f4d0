// What tide remembers between looks, and shows to others. All of it can be rebuilt from GitHub and the ProwJobs.
import type { Clock } from "../lib/clock.ts";
import { compareText } from "../lib/compare-text.ts";
import { issueName } from "../model/github.ts";
import type { TidePoolSnapshot, TidePull, TideSnapshot } from "../model/tide-snapshot.ts";
import { History } from "./history.ts";
import type { World } from "./observe.ts";
import type { Outcome } from "./pools-json.ts";
import { type PullRequest, poolKey } from "./pull-request.ts";
import { ToldReasons } from "./told-reasons.ts";

/** After this long a merge that was begun has surely ended. */
const MERGE_MS = 3_600_000;

export class TideState {
  readonly history: History;
  readonly told = new ToldReasons();
  outcomes: readonly Outcome[] = [];
  world?: World;
  #pools: readonly TidePoolSnapshot[] = [];
  #syncedAt?: Date;
  #outside = new Map<string, { pr: PullRequest; pull: TidePull }>();
  readonly #merging = new Map<string, number>();
  readonly #clock: Pick<Clock, "now">;

  /** `historyLimit`: records kept for each pool; Prow's default is 1000. */
  constructor(clock: Pick<Clock, "now">, historyLimit = 1000) {
    this.#clock = clock;
    this.history = new History(historyLimit, clock);
  }

  synced(outcomes: readonly Outcome[], pools: readonly TidePoolSnapshot[]): void {
    this.outcomes = outcomes;
    this.#pools = pools;
    this.#syncedAt = this.#clock.now();
    for (const { pool } of outcomes)
      for (const { pr } of pool.candidates) this.#outside.delete(issueName(pr));
  }

  /** `whole`: the list holds every open pull request, not only those that changed. */
  sawOutside(seen: readonly { pr: PullRequest; pull: TidePull }[], whole: boolean): void {
    if (whole) this.#outside.clear();
    for (const entry of seen) if (!this.isMerging(entry.pr)) this.#outside.set(issueName(entry.pr), entry);
  }

  /** From here on the `tide` status of this head is the merge's. */
  beginMerge(pr: PullRequest): void {
    const now = this.#clock.now().getTime();
    for (const [key, since] of this.#merging) if (now - since > MERGE_MS) this.#merging.delete(key);
    this.#merging.set(headOf(pr), now);
  }

  mergeFailed(pr: PullRequest): void {
    this.#merging.delete(headOf(pr));
  }

  isMerging(pr: PullRequest): boolean {
    return this.#merging.has(headOf(pr));
  }

  snapshot(): TideSnapshot {
    const pools = new Map(this.#pools.map((pool) => [poolKey(pool), { ...pool, pulls: [...pool.pulls] }]));
    for (const { pr, pull } of this.#outside.values()) {
      const pool = pools.get(poolKey(pr)) ?? emptyPool(pr);
      pools.set(poolKey(pr), pool);
      pool.pulls.push(pull);
    }
    const sorted = [...pools].sort(([a], [b]) => compareText(a, b)).map(([, pool]) => pool);
    return { time: (this.#syncedAt ?? new Date(0)).toISOString(), pools: sorted };
  }
}

const headOf = (pr: PullRequest): string => `${issueName(pr)}@${pr.headSHA}`;

const emptyPool = ({ org, repo, branch }: PullRequest): TidePoolSnapshot => ({
  org,
  repo,
  branch,
  baseSHA: "",
  action: "WAIT",
  target: [],
  blockers: [],
  tenantIDs: [],
  pulls: [],
});
