// /retitle: who may, and which titles are refused.
import { expect, test } from "vitest";
import { retitle } from "../../src/plugins/retitle.ts";
import { BOT, type Options, world } from "./world.ts";

const here: Options = { members: ["bob"], collaborators: ["carol"] };
const UNTRUSTED = "Re-titling can only be requested by trusted users, like repository collaborators.";
const EMPTY = "Titles may not be empty.";
const CLOSING =
  "Titles may not contain [keywords](https://help.github.com/articles/closing-issues-using-keywords) which can automatically close issues.";

test.each([
  ["/retitle foobar", "foobar"],
  ["/retitle foobar\r", "foobar"],
  ["/Retitle   two  words  ", "two  words"],
  ["/retitle\n\non a later line", "on a later line"],
  ["/retitlefoobar", "foobar"],
  ["thanks\r\n/retitle first\r\n/retitle second", "first"],
  ["/retitle prefix Fixes the thing", "prefix Fixes the thing"],
  ["/retitle # 12 */ <b>`$(x)`</b>", "# 12 */ <b>`$(x)`</b>"],
])("%j on issues and pull requests: %j", async (body, title) => {
  for (const kind of ["issue", "pr"] as const) {
    const issue = world(here)[kind]();
    expect(await issue.world.play(retitle, issue.comment("bob", body))).toEqual([
      { do: "editIssue", issue: issue.ref, title },
    ]);
  }
});

test.each([
  ["/retitle foobar", "mallory", UNTRUSTED],
  ["/retitle", "mallory", UNTRUSTED],
  ["/retitle foobar", "bob[bot]", UNTRUSTED],
  ["/retitle     ", "bob", EMPTY],
  ["/retitle", "carol", EMPTY],
  ["/retitle Fixes #9999", "bob", CLOSING],
  ["/retitle this RESOLVES: acme/lib#1", "bob", CLOSING],
  ["/retitle closed\t#1", "bob", CLOSING],
])("%j by %s is answered: %s", async (body, by, message) => {
  const pr = world(here).pr();
  expect(await pr.world.play(retitle, pr.comment(by, body))).toMatchObject([
    {
      do: "createComment",
      issue: pr.ref,
      body: expect.stringMatching(`^@${escaped(`${by}: ${message}`)}\n`),
    },
  ]);
});
const escaped = (text: string) => text.replace(/[[\](){}.*+?^$|\\]/g, "\\$&");

test("the trigger's configuration says who is trusted", async () => {
  const strict = world({
    ...here,
    plugins: { triggers: [{ repos: ["acme"], only_org_members: true, trusted_apps: ["helper"] }] },
  });
  const pr = strict.pr();
  const [byCollaborator] = await strict.play(retitle, pr.comment("carol", "/retitle x"));
  expect(byCollaborator!.do).toBe("createComment");
  for (const by of ["helper[bot]", BOT]) {
    const [effect] = await strict.play(retitle, pr.comment(by, "/retitle x"));
    expect(effect!.do).toBe("editIssue");
  }
});

test("what is closed keeps its title unless configured otherwise", async () => {
  const closed = world(here).pr({ state: "closed" });
  expect(await closed.world.play(retitle, closed.comment("bob", "/retitle x"))).toEqual([]);
  const allowed = world({ ...here, plugins: { retitle: { allow_closed_issues: true } } });
  const pr = allowed.pr({ state: "closed" });
  expect(await allowed.play(retitle, pr.comment("bob", "/retitle x"))).toHaveLength(1);
});

test.each(["edited", "deleted"] as const)("a comment that is %s does nothing", async (action) => {
  const pr = world(here).pr();
  expect(await pr.world.play(retitle, pr.comment("bob", "/retitle x", { action }))).toEqual([]);
  expect(pr.world.reads).toEqual([]);
});
