// needs-rebase over all open pull requests at once: a push to a base branch changes what can be merged, and tells nobody.
import type { ExternalPlugin, PluginsConfig } from "../../config/plugins-config.ts";
import type { GitHubRead } from "../../github/port.ts";
import { errorText } from "../../lib/error-text.ts";
import type { Logger } from "../../lib/logger.ts";
import { hasLabel, NEEDS_REBASE } from "../../model/labels.ts";
import { needsRebase } from "../needs-rebase.ts";
import type { Found } from "./decide.ts";

interface Search {
  /** Whose token it takes; "" for any. */
  org: string;
  query: string;
}

const PREFIX = "archived:false is:pr is:open";
const TWO_MONTHS_MS = 60 * 24 * 3_600_000;
/** GitHub gives no more results than these for one search. */
const MOST_RESULTS = 1_000;

/** Orgs and repositories that plugins.yaml enables the external plugin for. */
export const needsRebaseScopes = (
  plugins: PluginsConfig,
  counts: (entry: ExternalPlugin) => boolean = () => true,
): string[] =>
  Object.entries(plugins.scopes().external)
    .filter(([, entries]) => entries.some((entry) => entry.name === needsRebase.name && counts(entry)))
    .map(([scope]) => scope);

/** One for each org, since GitHub ends at 1,000 results, and one for the repositories: of each org, for an App. */
export function scanSearches(scopes: readonly string[], now: Date, byOrg: boolean): Search[] {
  const orgs = scopes.filter((scope) => !scope.includes("/"));
  const repos = scopes.filter((scope) => /^[^/]+\/[^/]+$/.test(scope));
  const single = repos.filter((repo) => !orgs.includes(repo.split("/")[0]!));
  const grouped = Map.groupBy(single, (repo) => (byOrg ? repo.split("/")[0]! : ""));
  return [
    ...orgs.flatMap((org) => orgQueries(org, now).map((query) => ({ org, query: `${PREFIX} ${query}` }))),
    ...[...grouped].map(([org, names]) => ({
      org,
      query: [PREFIX, ...names.map((name) => `repo:"${name}"`)].join(" "),
    })),
  ];
}

/** One repository of Kubernetes' has more open ones than a search gives. */
function orgQueries(org: string, now: Date): string[] {
  if (org !== "kubernetes") return [`org:"${org}"`];
  const since = new Date(now.getTime() - TWO_MONTHS_MS).toISOString().slice(0, 10);
  const large = 'repo:"kubernetes/kubernetes"';
  return [`org:"kubernetes" -${large}`, `${large} created:>=${since}`, `${large} created:<${since}`];
}

/** Searches that fail are logged and leave the others alone; rejects when there is nothing but failures. */
export async function scan(
  searches: readonly Search[],
  { read, log }: { read: Pick<GitHubRead, "graphql">; log: Logger },
): Promise<Found[]> {
  const found: Found[] = [];
  const failures: unknown[] = [];
  // One after the other: GitHub takes many at once for abuse.
  for (const { org, query } of searches) {
    try {
      found.push(...(await search(query, org, read, log)));
    } catch (error) {
      failures.push(error);
      log.error({ error, query }, "A search for open pull requests failed.");
    }
  }
  if (failures.length > 0 && found.length === 0)
    throw new AggregateError(failures, failures.map(errorText).join("; "));
  return found;
}

const QUERY = `query($query: String!, $searchCursor: String) {
  search(type: ISSUE, first: 100, after: $searchCursor, query: $query) {
    pageInfo { hasNextPage endCursor }
    nodes { ... on PullRequest {
      number author { login } repository { name owner { login } }
      labels(first: 100) { nodes { name } } mergeable state
    } }
  }
}`;

interface Answer {
  search: {
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
    nodes: (Partial<Node> | null)[];
  };
}
interface Node {
  number: number;
  author: { login: string } | null;
  repository: { name: string; owner: { login: string } };
  labels: { nodes: ({ name: string } | null)[] | null } | null;
  mergeable: "MERGEABLE" | "CONFLICTING" | "UNKNOWN";
  state: "OPEN" | "CLOSED" | "MERGED";
}

async function search(
  query: string,
  org: string,
  read: Pick<GitHubRead, "graphql">,
  log: Logger,
): Promise<Found[]> {
  const nodes: Answer["search"]["nodes"] = [];
  let searchCursor: string | null = null;
  do {
    const answer: Answer = await read.graphql<Answer>(QUERY, { query, searchCursor }, org);
    nodes.push(...answer.search.nodes);
    const { endCursor, hasNextPage } = answer.search.pageInfo;
    searchCursor = hasNextPage ? endCursor : null;
  } while (searchCursor !== null);
  if (nodes.length >= MOST_RESULTS)
    log.warn({ query }, "The search found as many pull requests as GitHub tells of; there may be more.");
  return nodes.flatMap(scanned);
}

/** Whose mergeability is unknown is left out. */
function scanned(node: Partial<Node> | null): Found[] {
  if (!node?.repository || node.number === undefined || node.state !== "OPEN") return [];
  const { author, labels, mergeable, number, repository } = node;
  if (mergeable !== "MERGEABLE" && mergeable !== "CONFLICTING") return [];
  const issue = { org: repository.owner.login, repo: repository.name, number };
  return [
    {
      issue,
      author: author?.login ?? "",
      mergeable: mergeable === "MERGEABLE",
      hasLabel: hasLabel(
        NEEDS_REBASE,
        (labels?.nodes ?? []).filter((label) => label !== null),
      ),
    },
  ];
}
