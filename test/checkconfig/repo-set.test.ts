// The algebra of sets of repositories, by the cases that Prow itself is tested with.
import { describe, expect, test } from "vitest";
import { difference, intersection, items, type RepoSet, union } from "../../src/checkconfig/repo-set.ts";

type Written = [orgs: Record<string, string[]>, repos: string[]];

const set = ([orgs, repos]: Written): RepoSet => ({
  orgs: new Map(Object.entries(orgs).map(([org, except]) => [org, new Set(except)])),
  repos: new Set(repos),
});
const written = ({ orgs, repos }: RepoSet): Written => [
  Object.fromEntries([...orgs].map(([org, except]) => [org, [...except].sort()])),
  [...repos].sort(),
];

const A: Written = [{ org: ["org/repo"] }, ["4/1", "4/2"]];
const MANY: Written = [{ org: ["org/repo"] }, ["4/1", "4/2", "4/3", "5/1"]];
const NOTHING: Written = [{}, []];

describe("difference", () => {
  test.each<[string, Written, Written, Written]>([
    ["nothing is taken away", A, NOTHING, A],
    ["no overlap", A, [{ 2: [] }, ["3/1"]], A],
    ["itself", A, A, NOTHING],
    ["a superset", A, [{ org: ["org/repo"], org2: [] }, ["4/1", "4/2", "5/1"]], NOTHING],
    [
      "an org goes",
      [{ org: ["org/foo", "org/repo"] }, ["4/1", "4/2"]],
      [{ org: ["org/foo"], 2: [] }, ["3/1"]],
      [{}, ["4/1", "4/2"]],
    ],
    [
      "an org shrinks to an exception",
      A,
      [{ org: ["org/foo", "org/repo"], 2: [] }, ["3/1"]],
      [{}, ["4/1", "4/2", "org/foo"]],
    ],
    [
      "an org without a repository",
      A,
      [{ 2: [] }, ["org/foo", "3/1"]],
      [{ org: ["org/foo", "org/repo"] }, ["4/1", "4/2"]],
    ],
    [
      "repositories by their org",
      MANY,
      [{ 2: [], 4: ["4/2"] }, ["3/1"]],
      [{ org: ["org/repo"] }, ["4/2", "5/1"]],
    ],
    [
      "repositories by name",
      MANY,
      [{ 2: [] }, ["3/1", "4/2", "4/3"]],
      [{ org: ["org/repo"] }, ["4/1", "5/1"]],
    ],
  ])("%s", (_name, one, other, expected) => {
    expect(written(difference(set(one), set(other)))).toEqual(expected);
  });
});

describe("intersection", () => {
  test.each<[string, Written, Written, Written]>([
    ["with nothing", A, NOTHING, NOTHING],
    ["no overlap", A, [{ 2: [] }, ["3/1"]], NOTHING],
    ["with itself", A, A, A],
    ["with a superset", A, [{ org: ["org/repo"], org2: [] }, ["4/1", "4/2", "5/1"]], A],
    [
      "exceptions of both",
      [{ org: ["org/bar", "org/repo"] }, ["4/1"]],
      [{ org: ["org/foo", "org/repo"] }, ["3/1"]],
      [{ org: ["org/bar", "org/foo", "org/repo"] }, []],
    ],
    [
      "an org with repositories",
      A,
      [{ 2: [] }, ["org/repo", "org/foo", "3/1", "4/1"]],
      [{}, ["4/1", "org/foo"]],
    ],
    ["repositories with their org", MANY, [{ 4: ["4/2"] }, ["3/1"]], [{}, ["4/1", "4/3"]]],
  ])("%s", (_name, one, other, expected) => {
    expect(written(intersection(set(one), set(other)))).toEqual(expected);
  });
});

describe("union", () => {
  test.each<[string, Written, Written, Written]>([
    ["with nothing", A, NOTHING, A],
    ["no overlap", A, [{ 2: [] }, ["3/1"]], [{ org: ["org/repo"], 2: [] }, ["3/1", "4/1", "4/2"]]],
    ["with itself", A, A, A],
    [
      "only exceptions of both stay",
      [{ org: ["org/repo", "org/bar"] }, []],
      [{ org: ["org/repo", "org/foo"] }, []],
      [{ org: ["org/repo"] }, []],
    ],
    ["an exception that is named", [{ org: ["org/repo"] }, []], [{}, ["org/repo"]], [{ org: [] }, []]],
    ["repositories of an org", [{}, ["4/1", "4/2", "4/3"]], [{ 4: ["4/2"] }, []], [{ 4: [] }, []]],
  ])("%s", (_name, one, other, expected) => {
    expect(written(union(set(one), set(other)))).toEqual(expected);
  });
});

test("items as Prow lists them", () => {
  expect(items(set([{ b: [], a: ["a/2", "a/1"] }, ["c/1"]]))).toEqual([
    "org: a without repo(s) a/1, a/2 'a/1' 'a/2'",
    "org: b",
    "repo: c/1",
  ]);
});
