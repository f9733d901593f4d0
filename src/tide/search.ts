// GitHub's search over GraphQL, page by page: pull requests with all that tide needs of them, and blocking issues.
import type { GitHubRead } from "../github/port.ts";
import { type PullRequest, type PullRequestNode, pullRequestOf } from "./pull-request.ts";

/**
 * The last 4 commits are asked for since GitHub orders them by author date: the head is nearly always among them.
 * The base branch's head comes along, which saves a request per pool.
 */
const PULL_REQUESTS = `query($query: String!, $searchCursor: String) {
  rateLimit { cost remaining }
  search(type: ISSUE, first: 37, after: $searchCursor, query: $query) {
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
  }
}`;

const ISSUES = `query($query: String!, $searchCursor: String) {
  rateLimit { cost remaining }
  search(type: ISSUE, first: 100, after: $searchCursor, query: $query) {
    pageInfo { hasNextPage endCursor }
    nodes { ... on Issue { number title url repository { name owner { login } } } }
  }
}`;

interface Page<N> {
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
): Promise<Found<PullRequest>> {
  const { items, error } = await pages<PullRequestNode>(read, PULL_REQUESTS, query, org);
  // Nodes of other types are empty, and a pull request whose base branch is gone can go nowhere.
  const usable = items.filter((node) => node?.number && node.baseRef);
  return { items: usable.map(pullRequestOf), ...(error && { error }) };
}

export async function searchIssues(read: Search, query: string, org: string): Promise<IssueNode[]> {
  const { items, error } = await pages<IssueNode>(read, ISSUES, query, org);
  if (error) throw error;
  return items.filter((node) => node?.number);
}

async function pages<N>(read: Search, document: string, query: string, org: string): Promise<Found<N>> {
  const items: N[] = [];
  for (let cursor: string | null = null; ; ) {
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
