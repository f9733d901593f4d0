// Which GraphQL requests count as changes: they are not sent twice, and not at all in a dry run.
import { expect, test } from "vitest";
import { mayMutate } from "../../src/lib/graphql-mutation.ts";

const body = (query: string) => JSON.stringify({ query, variables: {} });

test.each([
  ["mutation { a }", true],
  ["\n  mutation Close($id: ID!) {\n a }", true],
  ["# a comment first\nmutation { a }", true],
  ["fragment F on Issue { id } mutation { a }", true],
  ["query { viewer { login } }", false],
  ["{ mutations }", false],
])("%j: %s", (query, changes) => {
  expect(mayMutate(body(query))).toBe(changes);
});

test.each(["", "no JSON", "[]", "{}", '{"query":1}', '{ "query" : "\\u006dutation { a }" }'])(
  "%j counts as a change",
  (text) => {
    expect(mayMutate(text)).toBe(true);
  },
);
