// Contents of many blobs: one request for all, single ones for what it leaves out.
import { expect, test } from "vitest";
import { connectGitHub } from "../../src/github/client.ts";
import { blobTexts } from "../../src/in-repo/blob-texts.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { lib, testGitHub } from "../local/github/world.ts";

const REPO = { org: "acme", repo: "lib" };

function reader(answer: (variables: Record<string, unknown>) => object) {
  const asked: string[] = [];
  const read = {
    async graphql<T>(_: string, variables: Record<string, unknown>): Promise<T> {
      asked.push("graphql");
      return answer(variables) as T;
    },
    async blob(_: object, sha: string) {
      asked.push(sha);
      return `text of ${sha}`;
    },
  };
  return { asked, read };
}

test("all in one request", async () => {
  const server = await testGitHub();
  const { read } = connectGitHub({
    endpoints: [server.url],
    graphqlEndpoint: `${server.url}/graphql`,
    auth: { token: async () => "bot-token" },
    clock: systemClock,
    log: silent,
  });
  const { data } = await server.as("alice").git.getTree({ ...lib, tree_sha: "main", recursive: "1" });
  const shas = data.tree.filter(({ type }) => type === "blob").map(({ sha }) => sha!);
  const { blob } = reader(() => ({})).read;
  const texts = await blobTexts({ graphql: read.graphql, blob }, REPO, shas);
  expect([...texts.values()].sort()).toEqual(["# lib\n", "b\n", "one\ntwo\nthree\n"]);
  await server.close();
});

test("what is cut off or not told is asked for by itself, and what is binary is not", async () => {
  const answer = {
    b0: { text: "whole", isBinary: false, isTruncated: false },
    b1: { text: "cut", isBinary: false, isTruncated: true },
    b2: null,
    b3: { text: null, isBinary: true, isTruncated: false },
  };
  const { asked, read } = reader(() => ({ repository: answer }));
  const texts = await blobTexts(read, REPO, ["1", "2", "3", "4"]);
  expect(Object.fromEntries(texts)).toEqual({
    "1": "whole",
    "2": "text of 2",
    "3": "text of 3",
    "4": "\0",
  });
  expect(asked).toEqual(["graphql", "2", "3"]);
});

test("a failure of the request for all is no failure", async () => {
  const { asked, read } = reader(() => {
    throw new Error("no GraphQL here");
  });
  expect((await blobTexts(read, REPO, ["1", "2", "1"])).size).toBe(2);
  expect(asked).toEqual(["graphql", "1", "2"]);
});

test("a hundred take two requests, one alone needs none of them", async () => {
  const { asked, read } = reader((variables) => ({
    repository: Object.fromEntries(
      Object.keys(variables).map((key) => [key, { text: key, isTruncated: false }]),
    ),
  }));
  await blobTexts(
    read,
    REPO,
    Array.from({ length: 100 }, (_, i) => `s${i}`),
  );
  await blobTexts(read, REPO, ["one"]);
  expect(asked).toEqual(["graphql", "graphql", "one"]);
});
