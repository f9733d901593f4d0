// More open pull requests than GitHub shows of one search: every one is looked at, or the loss stays marked.
import { expect, test } from "vitest";
import { type ResyncDeps, runResync } from "../../src/hook/run-resync.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";
import { keptMarks } from "./kept-marks.ts";

const NOW = Date.parse("2026-01-02T12:00:00Z");
const HOUR = 3_600_000;
const SHOWN = 1_000;
const at = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");

/** As GitHub: in the order that was asked for, a thousand at most, `cursor` by `cursor`. */
function searchOf(updates: readonly string[]) {
  return async (_: string, { query, after }: { query: string; after: string | null }) => {
    const since = /updated:>=(\S+)/.exec(query)?.[1] ?? "";
    const all = updates
      .map((updatedAt, number) => ({ updatedAt, number: number + 1 }))
      .filter(({ updatedAt }) => updatedAt >= since)
      .sort((a, b) => (query.includes("sort:updated-asc") ? 1 : -1) * a.updatedAt.localeCompare(b.updatedAt))
      .slice(0, SHOWN);
    const from = Number(after ?? 0);
    const nodes = all.slice(from, from + 25).map(({ updatedAt, number }) => ({
      ...{ number, updatedAt, createdAt: at(NOW - 90 * 24 * HOUR), headRefOid: "a".repeat(40) },
      ...{
        repository: { nameWithOwner: `acme/r${number}` },
        comments: { nodes: [] },
        reviews: { nodes: [] },
      },
    }));
    const hasNextPage = from + 25 < all.length;
    return { search: { pageInfo: { hasNextPage, endCursor: String(from + 25) }, nodes } };
  };
}

/** What one round looked at, what it said, and what is left of the loss. */
async function round(updates: readonly string[]) {
  const looked = new Set<string>();
  const said: string[] = [];
  const { marks } = keptMarks();
  const [from, to] = [NOW - 20 * HOUR, NOW - 2 * HOUR];
  await marks.change(() => ({ began: from, since: to, done: to, lost: [{ from, to, swept: true }] }));
  const stop = new AbortController();
  const log: Logger = { ...silent, warn: (_: unknown, words: string) => void said.push(words) };
  let pauses = 0;
  const deps = {
    read: { graphql: searchOf(updates), botLogin: async () => "bot" },
    queue: {
      turn: async () => true,
      state: async () => ({ waiting: 0, dead: 0, since: at(to) }),
      remembered: async () => new Set(),
    },
    places: () => [{ org: "acme", repo: "" }],
    acts: ({ repo }: { repo: string }) => {
      looked.add(repo);
      return false;
    },
    ...{ marks, log, random: () => 1, periodMs: 900_000 },
    clock: { now: () => new Date(NOW), sleep: async () => void (++pauses === 2 && stop.abort()) },
  };
  await runResync(deps as unknown as ResyncDeps, stop.signal);
  return { looked: looked.size, said, lost: (await marks.read())?.lost };
}

const daysWork = (pulls: number, everyMs: number): string[] =>
  Array.from({ length: pulls }, (_, nth) => at(NOW - 20 * HOUR + nth * everyMs));

test("beyond a thousand a second search goes on where the first one ended", async () => {
  expect(await round(daysWork(2_345, 20_000))).toEqual({ looked: 2_345, said: [], lost: [] });
});

test("of a thousand in one second the rest cannot be asked for: that is told, and the loss stays", async () => {
  const { looked, said, lost } = await round(daysWork(1_200, 0));
  expect(looked).toBe(1_000);
  expect(said).toEqual([expect.stringContaining("can not be compared with what webhooks told")]);
  expect(lost).toHaveLength(1);
});
