// The account by itself.
import { expect, test } from "vitest";
import { NEW_ACCOUNT, refusal } from "../../../src/github/budget/account.ts";
import { needOf } from "../../../src/github/budget/need.ts";
import { PUBLISHED } from "../../../src/github/budget/published.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");

test.each([
  ["core", "GET", "/repos/acme/tool", 551],
  ["graphql", "POST", "/graphql", 51],
  ["search", "GET", "/search/issues", 51],
])(
  "of an hour of %s reads leave alone what there are verdicts in it to go",
  (resource, method, path, least) => {
    const mayGo = (remaining: number): boolean => {
      const stated = { [resource]: { limit: 5_000, remaining, reset: NOW + 60_000 } };
      const account = { ...NEW_ACCOUNT, isKnown: true, stated };
      const need = needOf({ method, path, body: JSON.stringify({ query: "query { viewer { login } }" }) });
      return refusal(account, need, PUBLISHED, NOW) === undefined;
    };
    expect([mayGo(least), mayGo(least - 1)]).toEqual([true, false]);
  },
);
