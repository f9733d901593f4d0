// welcome: who is greeted, and with which words.
import { expect, test } from "vitest";
import type { Issue } from "../../src/model/github.ts";
import { welcome } from "../../src/plugins/welcome.ts";
import { type Options, world } from "./world.ts";

interface Case {
  by?: string;
  type?: string;
  name?: string;
  action?: string;
  /** Numbers of the pull requests that the search finds. */
  found?: number[];
  options?: Options;
  welcome?: object[];
}

const asked: string[] = [];

async function greeting({
  action = "opened",
  by = "newbie",
  found = [],
  name,
  options,
  type = "User",
  welcome: section,
}: Case) {
  const one = world({
    members: ["alice"],
    collaborators: ["carol"],
    ...(section && { plugins: { welcome: section } }),
    answers: {
      searchIssues: async (query) => {
        asked.push(query);
        return { total: found.length, items: found.map((number) => ({ number }) as Issue) };
      },
    },
    ...options,
  }).pr({ by, pull: { user: { login: by, type, ...(name && { name }) } } });
  const [effect, ...more] = await one.world.play(welcome, one.event(action));
  expect(more).toEqual([]);
  if (effect) expect(effect).toMatchObject({ do: "createComment", issue: one.ref });
  return effect && (effect as { body: string }).body;
}

const DEFAULT = "Welcome @newbie! It looks like this is your first PR to acme/lib 🎉";

test.each<[string, Case]>([
  ["who has none", {}],
  ["whose only one is this", { found: [1] }],
])("greets somebody %s", async (_who, one) => {
  asked.length = 0;
  expect(await greeting(one)).toBe(DEFAULT);
  expect(asked).toEqual(["is:pr repo:acme/lib author:newbie"]);
});

test.each<[string, Case]>([
  ["somebody with another one", { found: [7] }],
  ["somebody with several", { found: [1, 7] }],
  ["a member", { by: "alice" }],
  ["a collaborator", { by: "carol" }],
  ["a bot", { by: "dependabot[bot]", type: "Bot" }],
  ["an app", { by: "newbie", type: "Mannequin" }],
  ["anybody later", { action: "reopened" }],
  ["anybody who pushes", { action: "synchronize" }],
  [
    "a trusted app",
    {
      by: "helper[bot]",
      options: { plugins: { triggers: [{ repos: ["acme"], trusted_apps: ["helper"] }] } },
    },
  ],
])("does not greet %s", async (_who, one) => {
  expect(await greeting(one)).toBeUndefined();
});

test("a collaborator is new where only members are trusted", async () => {
  const triggers = [{ repos: ["acme/lib"], only_org_members: true }];
  expect(await greeting({ by: "carol", options: { plugins: { triggers } } })).toContain("Welcome @carol!");
});

test("everybody where configured so, without asking who they are; but no bot", async () => {
  const section = [{ repos: ["acme"], always_post: true, message_template: "hi {{.AuthorLogin}}" }];
  expect(await greeting({ by: "alice", found: [3, 4], welcome: section })).toBe("hi alice");
  expect(await greeting({ type: "Bot", welcome: section })).toBeUndefined();
});

const greet = (message_template: string, repos = ["acme/lib"]) => ({ repos, message_template });

test.each([
  [[greet("org", ["acme"])], "org"],
  [[greet("repo"), greet("org", ["acme"])], "repo"],
  [[greet("org", ["acme"]), greet("repo")], "repo"],
  [[greet("other", ["other", "acme/other"])], DEFAULT],
  [[greet("")], DEFAULT],
  [[greet("{{.Org}} {{.Repo}} {{.AuthorLogin}}")], "acme lib newbie"],
  [
    [greet("Hello{{with .AuthorName}}, {{.}}{{end}}!")],
    "Hello, Ann &amp; &lt;b&gt;Bob&lt;/b&gt; O&#39;Neil!",
  ],
  [
    [greet("Hi <a href='https://github.com/{{.Org}}/{{.Repo}}'>{{.Repo}}</a> <br>a < b && c > d")],
    "Hi <a href='https://github.com/acme/lib'>lib</a> <br>a &lt; b && c > d",
  ],
  [[greet("a<!-- {{.AuthorName}} -->b")], "ab"],
])("%j", async (section, expected) => {
  expect(await greeting({ welcome: section, name: "Ann & <b>Bob</b> O'Neil" })).toBe(expected);
});

test.each(["{{.Nobody}}", "{{", "{{if}}"])(
  "a template that cannot be used (%s) is named",
  async (template) => {
    await expect(greeting({ welcome: [greet(template)] })).rejects.toThrow(
      "the message_template of welcome for acme/lib in plugins.yaml cannot be used: ",
    );
  },
);
