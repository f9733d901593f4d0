// Which searches travel together, and what becomes of them when that goes wrong.
import { beforeEach, expect, test } from "vitest";
import { packedSearch, type SearchPulls } from "../../src/tide/packed-search.ts";
import { node, pullRequest } from "./world.ts";

/** Pull requests that each query finds. */
let finds: Record<string, number>;
/** The queries of each request. */
let requests: string[][];
let fails: (queries: string[]) => boolean;
let search: SearchPulls;

const page = (query: string, from: number) => {
  const all = Array.from({ length: finds[query] ?? 0 }, (_, i) => node(pullRequest(i + 1)));
  const end = from + 37;
  return {
    pageInfo: { hasNextPage: all.length > end, endCursor: String(end) },
    nodes: all.slice(from, end),
  };
};

async function graphql(_: string, { query, searchCursor, ...packed }: Record<string, string | null>) {
  const queries = (query == null ? Object.values(packed) : [query]) as string[];
  requests.push(queries);
  if (fails(queries)) throw new Error("502");
  if (query != null) return { search: page(query, Number(searchCursor)) };
  return Object.fromEntries(queries.map((text, i) => [`s${i}`, page(text, 0)]));
}

const ask = async (...queries: string[]) => {
  requests = [];
  const found = await Promise.all(queries.map((query) => search({ name: query, query, org: "acme" })));
  return found.map(({ items, error }) => error?.message ?? items.length);
};

beforeEach(() => {
  finds = { a: 1, b: 2, c: 3 };
  fails = () => false;
  requests = [];
  search = packedSearch({ graphql } as never);
});

test("searches of unknown size are asked alone, small ones together the next time", async () => {
  expect(await ask("a", "b", "c")).toEqual([1, 2, 3]);
  expect(requests).toEqual([["a"], ["b"], ["c"]]);
  expect(await ask("a", "b", "c")).toEqual([1, 2, 3]);
  expect(requests).toEqual([["a", "b", "c"]]);
});

test("what one page has no room for is asked apart", async () => {
  finds = { a: 20, b: 20, c: 10, d: 90 };
  await ask("a", "b", "c", "d");
  expect(await ask("a", "b", "c", "d")).toEqual([20, 20, 10, 90]);
  expect(requests.filter((queries) => queries.length > 1)).toEqual([["c", "a"]]);
});

test("not more than five go together", async () => {
  const seven = ["1", "2", "3", "4", "5", "6", "7"];
  await ask(...seven);
  await ask(...seven);
  expect(requests.map(({ length }) => length)).toEqual([5, 2]);
});

test("each org is asked by itself", async () => {
  const both = () => Promise.all(["acme", "rival"].map((org) => search({ name: "a", query: "a", org })));
  await both();
  requests = [];
  await both();
  expect(requests).toEqual([["a"], ["a"]]);
});

test("one that has grown beyond its page is read to its end", async () => {
  await ask("a", "b");
  finds = { a: 1, b: 100 };
  expect(await ask("a", "b")).toEqual([1, 100]);
  expect(requests).toEqual([["a", "b"], ["b"], ["b"]]);
});

test("one that fails takes no other with it, and is asked alone as long as it fails", async () => {
  await ask("a", "b", "c");
  fails = (queries) => queries.includes("b");
  expect(await ask("a", "b", "c")).toEqual([1, "502", 3]);
  expect(await ask("a", "b", "c")).toEqual([1, "502", 3]);
  expect(requests).toEqual([["a", "c"], ["b"]]);
  fails = () => false;
  await ask("a", "b", "c");
  expect(await ask("a", "b", "c")).toEqual([1, 2, 3]);
  expect(requests).toEqual([["a", "b", "c"]]);
});

test("when GitHub does not manage several at once, fewer go together from then on", async () => {
  finds = { a: 10, b: 10 };
  await ask("a", "b");
  fails = (queries) => queries.length > 1;
  expect(await ask("a", "b")).toEqual([10, 10]);
  expect(await ask("a", "b")).toEqual([10, 10]);
  expect(requests).toEqual([["a"], ["b"]]);
});
