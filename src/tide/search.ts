// GitHub's search over GraphQL, page by page: pull requests with all that tide needs of them, and blocking issues.
import type { GitHubRead } from "../github/port.ts";
import { type PullRequest, type PullRequestNode, pullRequestOf } from "./pull-request.ts";

/**
 * The last 4 commits are asked for since GitHub orders them by author date: the head is nearly always among them.
 * The base branch's head comes along, which saves a request per pool.
 */
const PULL_REQUEST_PAGE = `{
    pageInfo { hasNextPage endCursor }
    nodes { ... on PullRequest {
      number
      author { login }
      authorMetadata: author { __typename }
      baseRef { name prefix target { oid } }
      headRefName
      headRefOid
      mergeable
      mergeStateStatus
      canBeRebased
      repository { name nameWithOwner owner { login } }
      reviewDecision
      commits(last: 4) { nodes { commit {
        oid
        status { contexts { context description state } }
        statusCheckRollup { contexts(last: 100) { nodes { ... on CheckRun { name conclusion status } } } }
      } } }
      labels(first: 100) { nodes { name } }
      milestone { title }
      body
      title
      updatedAt
    } }
  }`;

/** GitHub does not put together more in time. */
export const PAGE_SIZE = 37;

const PULL_REQUESTS = `query($query: String!, $searchCursor: String) {
  rateLimit { cost remaining }
  search(type: ISSUE, first: ${PAGE_SIZE}, after: $searchCursor, query: $query) ${PULL_REQUEST_PAGE}
}`;

/** First pages of several searches: $q0, $q1 … are answered as s0, s1 … */
export function packedDocument(searches: number): string {
  const numbers = Array.from({ length: searches }, (_, i) => i);
  const fields = numbers.map(
    (i) => `s${i}: search(type: ISSUE, first: ${PAGE_SIZE}, query: $q${i}) ${PULL_REQUEST_PAGE}`,
  );
  return `query(${numbers.map((i) => `$q${i}: String!`).join(", ")}) {
  rateLimit { cost remaining }
  ${fields.join("\n  ")}
}`;
}

const CHECK_RUN = "... on CheckRun { name conclusion status";

/**
 * Where our own results are check runs their texts are asked for too: they tell on which base a job ran. Only there, for
 * texts of other Apps may be long.
 */
export const withCheckTexts = (read: Search, areWanted: () => boolean): Search => ({
  graphql: (query, variables, org) =>
    read.graphql(areWanted() ? query.replaceAll(CHECK_RUN, `${CHECK_RUN} text`) : query, variables, org),
});

const ISSUES = `query($query: String!, $searchCursor: String) {
  rateLimit { cost remaining }
  search(type: ISSUE, first: 100, after: $searchCursor, query: $query) {
    pageInfo { hasNextPage endCursor }
    nodes { ... on Issue { number title url repository { name owner { login } } } }
  }
}`;

export interface Page<N> {
  search: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: N[] };
}

export interface IssueNode {
  number: number;
  title: string;
  url: string;
  repository: { name: string; owner: { login: string } };
}

type Search = Pick<GitHubRead, "graphql">;

/** `error` is set when a page failed; what came before it is still of use. */
export interface Found<T> {
  items: T[];
  error?: Error;
}

export async function searchPullRequests(
  read: Search,
  query: string,
  org: string,
  after: string | null = null,
): Promise<Found<PullRequest>> {
  const { items, error } = await pages<PullRequestNode>(read, PULL_REQUESTS, query, org, after);
  return { items: usablePulls(items), ...(error && { error }) };
}

/** Nodes of other types are empty, and a pull request whose base branch is gone can go nowhere. */
export const usablePulls = (nodes: readonly PullRequestNode[]): PullRequest[] =>
  nodes.filter((node) => node?.number && node.baseRef).map(pullRequestOf);

export async function searchIssues(read: Search, query: string, org: string): Promise<IssueNode[]> {
  const { items, error } = await pages<IssueNode>(read, ISSUES, query, org);
  if (error) throw error;
  return items.filter((node) => node?.number);
}

async function pages<N>(
  read: Search,
  document: string,
  query: string,
  org: string,
  after: string | null = null,
): Promise<Found<N>> {
  const items: N[] = [];
  for (let cursor = after; ; ) {
    try {
      const page: Page<N> = await read.graphql<Page<N>>(document, { query, searchCursor: cursor }, org);
      items.push(...page.search.nodes);
      if (!page.search.pageInfo.hasNextPage) return { items };
      cursor = page.search.pageInfo.endCursor;
    } catch (error) {
      return { items, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}
