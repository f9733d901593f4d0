// A pull request as tide sees it: what one GraphQL search says of it, flattened.
import { type RepoRef, repoName } from "../model/github.ts";

/** GitHub's status states, in upper case as GraphQL spells them. */
export type ContextState = "EXPECTED" | "ERROR" | "FAILURE" | "PENDING" | "SUCCESS";

/** A commit status or a check run, which tide treats alike. */
export interface Context {
  context: string;
  description: string;
  state: ContextState;
}

export interface PullRequest extends RepoRef {
  number: number;
  title: string;
  body: string;
  author: string;
  /** The author is a GitHub App or bot account. */
  authorIsBot: boolean;
  /** Base branch, without refs/heads/. */
  branch: string;
  /** Head of the base branch when the search ran; undefined when GitHub did not tell. */
  baseSHA?: string;
  headRef: string;
  headSHA: string;
  mergeable: "MERGEABLE" | "CONFLICTING" | "UNKNOWN";
  mergeStateStatus: string;
  canBeRebased: boolean;
  reviewDecision: string;
  labels: string[];
  milestone?: string;
  updatedAt: string;
  /** Contexts of the head commit; undefined when it was not among the commits that the search returned. */
  contexts?: Context[];
}

export interface PullRequestNode {
  number?: number;
  author: { login: string } | null;
  authorMetadata: { __typename: string } | null;
  baseRef: { name: string; prefix: string; target?: { oid: string } | null } | null;
  headRefName: string;
  headRefOid: string;
  mergeable: PullRequest["mergeable"];
  mergeStateStatus: string;
  canBeRebased: boolean;
  repository: { name: string; owner: { login: string } };
  reviewDecision: string | null;
  commits: { nodes: { commit: CommitNode }[] };
  labels: { nodes: { name: string }[] } | null;
  milestone: { title: string } | null;
  body: string;
  title: string;
  updatedAt: string;
}

interface CommitNode {
  oid: string;
  status: { contexts: { context: string; description: string | null; state: ContextState }[] } | null;
  statusCheckRollup: { contexts: { nodes: CheckRunNode[] } } | null;
}

/** Empty for the nodes that stand for a commit status. */
export interface CheckRunNode {
  name?: string;
  conclusion?: string | null;
  status?: string;
  /** Of our own: on which base the job ran. */
  text?: string | null;
}

export function pullRequestOf(node: PullRequestNode): PullRequest {
  const { baseRef, repository, milestone } = node;
  const head = node.commits.nodes.find(({ commit }) => commit.oid === node.headRefOid)?.commit;
  return {
    org: repository.owner.login,
    repo: repository.name,
    number: node.number ?? 0,
    title: node.title,
    body: node.body ?? "",
    author: node.author?.login ?? "",
    authorIsBot: node.authorMetadata?.__typename === "Bot",
    branch: baseRef?.name ?? "",
    ...(baseRef?.target?.oid && { baseSHA: baseRef.target.oid }),
    headRef: node.headRefName,
    headSHA: node.headRefOid,
    mergeable: node.mergeable,
    mergeStateStatus: node.mergeStateStatus ?? "",
    canBeRebased: Boolean(node.canBeRebased),
    reviewDecision: node.reviewDecision ?? "",
    labels: (node.labels?.nodes ?? []).map(({ name }) => name),
    ...(milestone && { milestone: milestone.title }),
    updatedAt: node.updatedAt,
    ...(head && { contexts: contextsOf(head) }),
  };
}

const contextsOf = ({ status, statusCheckRollup }: CommitNode): Context[] => [
  ...(status?.contexts ?? []).map((context) => ({ ...context, description: context.description ?? "" })),
  ...checkRunContexts(statusCheckRollup?.contexts.nodes ?? []),
];

const RANK: Record<ContextState, number> = { EXPECTED: 0, ERROR: 1, FAILURE: 1, PENDING: 2, SUCCESS: 3 };

/** Check runs as contexts; of several with one name the best counts. Words are GraphQL's (upper case). */
export function checkRunContexts(runs: readonly CheckRunNode[]): Context[] {
  const best = new Map<string, Context>();
  for (const { name, status, conclusion, text } of runs) {
    if (!name) continue;
    const state = checkRunState(status, conclusion);
    const earlier = best.get(name);
    if (!earlier || RANK[state] > RANK[earlier.state])
      best.set(name, { context: name, description: text ?? "", state });
  }
  return [...best.values()];
}

function checkRunState(status: string | undefined, conclusion: string | null | undefined): ContextState {
  if (status !== "COMPLETED") return "PENDING";
  return conclusion === "NEUTRAL" || conclusion === "SKIPPED" || conclusion === "SUCCESS"
    ? "SUCCESS"
    : "FAILURE";
}

export const poolKey = (pool: RepoRef & { branch: string }): string => `${repoName(pool)}:${pool.branch}`;
export const headKey = ({ number, headSHA }: Pick<PullRequest, "number" | "headSHA">): string =>
  `${number}@${headSHA}`;
