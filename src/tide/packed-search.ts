// Searches that are asked at the same time and find little travel in one request.
import type { GitHubRead } from "../github/port.ts";
import type { PullRequest, PullRequestNode } from "./pull-request.ts";
import {
  type Found,
  PAGE_SIZE,
  type Page,
  packedDocument,
  searchPullRequests,
  usablePulls,
} from "./search.ts";

export interface PullSearch {
  /** The query without what changes each time it is asked: what it found last tells how much it will find. */
  name: string;
  query: string;
  org: string;
}

export type SearchPulls = (search: PullSearch) => Promise<Found<PullRequest>>;

type Read = Pick<GitHubRead, "graphql">;

/** GitHub counts the nodes that a request could have, not those that it has. */
const MOST_TOGETHER = 5;

interface Waiting extends PullSearch {
  resolve(found: Found<PullRequest>): void;
}

/** Together they find about as much as one page holds, which is as much as GitHub puts together in time. */
export function packedSearch(read: Read): SearchPulls {
  const sizes = new Map<string, number>();
  let room = PAGE_SIZE;
  let waiting: Waiting[] = [];

  const keyOf = ({ name, org }: PullSearch) => `${org} ${name}`;
  const alone = async (search: PullSearch): Promise<Found<PullRequest>> => {
    const found = await searchPullRequests(read, search.query, search.org);
    // One that fails must not take others with it.
    sizes.set(keyOf(search), found.error ? Number.POSITIVE_INFINITY : found.items.length);
    return found;
  };

  async function together(pack: Waiting[]): Promise<void> {
    const [first] = pack;
    if (pack.length === 1 && first) return first.resolve(await alone(first));
    let found: Found<PullRequest>[];
    try {
      found = await askPacked(read, pack);
      for (const [i, search] of pack.entries()) sizes.set(keyOf(search), found[i]?.items.length ?? 0);
    } catch {
      found = await Promise.all(pack.map(alone));
      // Each is right by itself: it was too much at once.
      if (found.every(({ error }) => !error)) room = Math.max(1, Math.floor(room / 2));
    }
    for (const [i, search] of pack.entries()) search.resolve(found[i]!);
  }

  function send(): void {
    const all = waiting;
    waiting = [];
    for (const ofOrg of Map.groupBy(all, ({ org }) => org).values()) {
      const sized = ofOrg.map((search) => ({
        search,
        size: sizes.get(keyOf(search)) ?? Number.POSITIVE_INFINITY,
      }));
      for (const pack of packs(sized, room)) void together(pack);
    }
  }

  return (search) =>
    new Promise((resolve) => {
      if (waiting.length === 0) queueMicrotask(send);
      waiting.push({ ...search, resolve });
    });
}

/** In order of size, so that the small ones come together. */
function packs<T>(sized: readonly { search: T; size: number }[], room: number): T[][] {
  const found: T[][] = [];
  let left = 0;
  for (const { search, size } of [...sized].sort((a, b) => a.size - b.size)) {
    const last = found.at(-1);
    const needs = Math.max(1, size);
    if (last && last.length < MOST_TOGETHER && needs <= left) last.push(search);
    else {
      found.push([search]);
      left = room;
    }
    left -= needs;
  }
  return found;
}

/** Rejects as a whole when one of them fails. */
async function askPacked(read: Read, pack: readonly PullSearch[]): Promise<Found<PullRequest>[]> {
  const variables = Object.fromEntries(pack.map(({ query }, i) => [`q${i}`, query]));
  const org = pack[0]?.org ?? "";
  const answer = await read.graphql<Record<string, Page<PullRequestNode>["search"]>>(
    packedDocument(pack.length),
    variables,
    org,
  );
  return Promise.all(
    pack.map(async ({ query }, i) => {
      const page = answer[`s${i}`]!;
      const { hasNextPage, endCursor } = page.pageInfo;
      if (!hasNextPage) return { items: usablePulls(page.nodes) };
      const rest = await searchPullRequests(read, query, org, endCursor);
      return { ...rest, items: [...usablePulls(page.nodes), ...rest.items] };
    }),
  );
}
