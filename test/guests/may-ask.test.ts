// What a guest may ask with a token of ours: nothing that tells of another repository.
import { describe, expect, test } from "vitest";
import { mayAsk } from "../../src/guests/may-ask.ts";

const ask = (path: string, method = "GET") => {
  const request = { method, path, headers: {} };
  return "refused" in mayAsk({ repo: { org: "org", repo: "lib" }, narrowed: false }, request);
};

describe("beside a token that sees more", () => {
  test.each([
    "/orgs/org/teams/core/repos",
    "/orgs/org/teams/core/repos/org/secret",
    "/orgs/org/teams/core/projects",
    "/orgs/org/teams/core/discussions",
    "/repos/org/.github/contents/..%2f..%2f..%2forg%2Fsecret",
    "/repos/org/lib/contents/%2e%2e%2f..%5c..%2fsecret",
    "/repos/org/secret",
  ])("%s is refused", (path) => {
    expect(ask(path)).toBe(true);
  });

  test.each([
    "/orgs/org/teams",
    "/orgs/org/teams/core",
    "/orgs/org/teams/core/members?per_page=100",
    "/orgs/org/teams/core/memberships/ann",
    "/orgs/org/members/ann",
    "/repos/org/lib/contents/a..b/c%2Fd",
    "/repos/org/lib/compare/v1...v2",
    "/repos/org/lib/compare/v1..v2",
  ])("%s is sent", (path) => {
    expect(ask(path)).toBe(false);
  });
});
