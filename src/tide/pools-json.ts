// The pools as Prow's tide serves them at `/`, which deck and other tools read.
import { compareText } from "../lib/compare-text.ts";
import { repoName } from "../model/github.ts";
import type { TideAction, TideBlocker } from "../model/tide-snapshot.ts";
import type { Tally } from "./decide.ts";
import type { Candidate, Pool } from "./pool.ts";

/** What became of a pool in a sync. */
export interface Outcome {
  pool: Pool;
  found: Tally;
  action: TideAction;
  targets: readonly Candidate[];
  error: string;
  tenantIDs: string[];
}

/** Sorted by org, repository and branch; empty lists are null, as Go writes them. */
export const poolsJSON = (outcomes: readonly Outcome[]): object[] =>
  outcomes
    .toSorted(
      (a, b) =>
        compareText(a.pool.org, b.pool.org) ||
        compareText(a.pool.repo, b.pool.repo) ||
        compareText(a.pool.branch, b.pool.branch),
    )
    .map(({ pool, found, action, targets, error, tenantIDs }) => ({
      Org: pool.org,
      Repo: pool.repo,
      Branch: pool.branch,
      SuccessPRs: byNumber(found.successes),
      PendingPRs: byNumber(found.pendings),
      MissingPRs: byNumber(found.missings),
      BatchPending: byNumber(found.batches.pending),
      Action: action,
      Target: orNull(targets.map(pullJSON)),
      Blockers: orNull(pool.blockers.map(blockerJSON)),
      Error: error,
      TenantIDs: tenantIDs,
    }));

const orNull = <T>(list: T[]): T[] | null => (list.length > 0 ? list : null);
const byNumber = (candidates: readonly Candidate[]) =>
  orNull(candidates.toSorted((a, b) => a.pr.number - b.pr.number).map(pullJSON));

const blockerJSON = ({ number, title, url }: TideBlocker) => ({ Number: number, Title: title, URL: url });

const pullJSON = ({ pr }: Candidate) => ({
  NameWithOwner: repoName(pr),
  Number: pr.number,
  Org: pr.org,
  Repo: pr.repo,
  BaseRefPrefix: "refs/heads/",
  BaseRefName: pr.branch,
  HeadRefName: pr.headRef,
  HeadRefOID: pr.headSHA,
  Title: pr.title,
  AuthorLogin: pr.author,
  UpdatedAtTime: pr.updatedAt,
  Mergeable: pr.mergeable,
});
