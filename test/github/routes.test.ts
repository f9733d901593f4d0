// What GitHub is asked, to the letter.
import { expect, test } from "vitest";
import { routed } from "../../src/github/routes.ts";

const repo = { owner: "acme", repo: "tool" };

test.each([
  ["GET /repos/{owner}/{repo}", repo, { method: "GET", path: "/repos/acme/tool" }],
  [
    "DELETE /repos/{owner}/{repo}/issues/{number}/labels/{label}",
    { ...repo, number: 7, label: "area/ci, c#?" },
    { method: "DELETE", path: "/repos/acme/tool/issues/7/labels/area%2Fci%2C%20c%23%3F" },
  ],
  [
    "DELETE /repos/{owner}/{repo}/git/refs/heads/{+branch}",
    { ...repo, branch: "fix/100%25#7" },
    { method: "DELETE", path: "/repos/acme/tool/git/refs/heads/fix/100%2525%237" },
  ],
  [
    "GET /repos/{owner}/{repo}/contents/{+path}",
    { ...repo, path: "", ref: "main" },
    { method: "GET", path: "/repos/acme/tool/contents?ref=main" },
  ],
  [
    "GET /search/issues",
    { q: 'is:pr label:"c++" é', per_page: 100, page: undefined },
    { method: "GET", path: "/search/issues?q=is%3Apr%20label%3A%22c%2B%2B%22%20%C3%A9&per_page=100" },
  ],
  [
    "GET /repositories/1/issues?page=2&labels=a%3Aopen",
    { per_page: 100 },
    { method: "GET", path: "/repositories/1/issues?page=2&labels=a%3Aopen&per_page=100" },
  ],
  [
    "POST /repos/{owner}/{repo}/pulls",
    { ...repo, head: "bot:fix", draft: false, body: undefined },
    { method: "POST", path: "/repos/acme/tool/pulls", body: '{"head":"bot:fix","draft":false}' },
  ],
  ["POST /repos/{owner}/{repo}/forks", repo, { method: "POST", path: "/repos/acme/tool/forks" }],
])("%s is filled in with %j", (route, parameters, expected) => {
  expect(routed(route, parameters)).toEqual(expected);
});

test.each([
  ["DELETE /repos/{owner}/{repo}/issues/{number}/labels/{label}", { ...repo, number: 7, label: "" }],
  ["DELETE /repos/{owner}/{repo}/issues/{number}/labels/{label}", { ...repo, number: 7, label: "." }],
  ["GET /orgs/{org}/members/{login}", { org: "acme", login: ".." }],
  ["DELETE /repos/{owner}/{repo}/git/refs/heads/{+branch}", { ...repo, branch: "../../../user" }],
])("%s is not asked with %j, which would be about something else", (route, parameters) => {
  expect(() => routed(route, parameters)).toThrow(expect.objectContaining({ status: 404 }));
});
