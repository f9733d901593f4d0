// Open pull requests that were updated, by GitHub's search: of all that it shows of one, and beyond.
import type { GitHubRead } from "../github/port.ts";
import { isRecord } from "../lib/schema.ts";
import { timestamp } from "../lib/timestamp.ts";
import { restLogin } from "../model/bot.ts";
import { type RepoRef, refOfScope, repoName } from "../model/github.ts";
import type { OpenPull } from "./resync.ts";

const PAGE = 25;
/** GitHub shows no more of one search. */
const MOST_FOUND = 1_000;

const QUERY = `query($query: String!, $after: String) {
  search(query: $query, type: ISSUE, first: ${PAGE}, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { ... on PullRequest {
      number createdAt updatedAt headRefOid headRefName
      headRepository { nameWithOwner }
      repository { nameWithOwner }
      comments(last: 50) { nodes { databaseId createdAt author { __typename login } } }
      reviews(last: 30) { nodes { databaseId submittedAt } }
    } }
  }
}`;

interface Node {
  number?: number;
  createdAt: string;
  updatedAt: string;
  headRefOid: string;
  headRefName: string;
  headRepository: { nameWithOwner: string } | null;
  repository: { nameWithOwner: string };
  comments: {
    nodes: {
      databaseId: number;
      createdAt: string;
      author: { __typename: string; login: string } | null;
    }[];
  };
  reviews: { nodes: { databaseId: number; submittedAt: string | null }[] };
}

interface Answer {
  search: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: Node[] };
}

type Searching = Pick<GitHubRead, "graphql">;

/** Page by page, of orgs (with an empty `repo`) and repositories; `updated` in milliseconds. Rejects with GitHubError. */
export async function* openPulls(
  read: Searching,
  places: readonly RepoRef[],
  updated: number,
): AsyncIterable<OpenPull[]> {
  for (const search of searches(places)) yield* found(read, search, updated);
}

/** One query an org: of all of it, or of the repositories that are named. */
function searches(places: readonly RepoRef[]): { org: string; text: string }[] {
  return [...Map.groupBy(places, ({ org }) => org)].map(([org, own]) => {
    const whole = own.some(({ repo }) => repo === "");
    const scope = whole ? `org:${org}` : own.map((repo) => `repo:${repoName(repo)}`).join(" ");
    return { org, text: `is:pr is:open archived:false sort:updated-asc ${scope}` };
  });
}

const isPull = (node: unknown): node is Node => isRecord(node) && node["number"] !== undefined;

/** Where GitHub shows no more, another search goes on from the last one shown. Rejects when that leads no further. */
async function* found(
  read: Searching,
  { org, text }: { org: string; text: string },
  updated: number,
): AsyncIterable<OpenPull[]> {
  let since = timestamp(new Date(updated));
  let last = since;
  let count = 0;
  for (let after: string | null = null; ; ) {
    const query = `${text} updated:>=${since}`;
    const { search }: Answer = await read.graphql<Answer>(QUERY, { query, after }, org);
    const pulls = search.nodes.filter(isPull);
    yield pulls.map(openPull);
    count += search.nodes.length;
    last = pulls.at(-1)?.updatedAt ?? last;
    after = search.pageInfo.endCursor;
    if (search.pageInfo.hasNextPage) continue;
    if (count < MOST_FOUND) return;
    if (last === since) throw new Error(`more than GitHub shows were updated at ${since} in ${org}`);
    [since, after, count] = [last, null, 0];
  }
}

function openPull(node: Node): OpenPull {
  const { number = 0, createdAt, headRefOid, headRefName, headRepository, comments, reviews } = node;
  return {
    ...{ repo: refOfScope(node.repository.nameWithOwner), number, createdAt, head: headRefOid },
    ...(headRepository && {
      branch: { repo: refOfScope(headRepository.nameWithOwner), ref: headRefName },
    }),
    comments: comments.nodes.map(({ databaseId: id, createdAt: at, author }) => ({
      id,
      at,
      author: author ? restLogin(author) : "",
    })),
    reviews: reviews.nodes.flatMap(({ databaseId: id, submittedAt: at }) =>
      at === null ? [] : [{ id, at }],
    ),
  };
}
