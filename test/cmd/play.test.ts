// cutwater play: the effects of a recorded delivery, and what it says when there is something wrong with what it was given.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { play } from "../../src/cmd/play.ts";
import { lib, openPull, testGitHub } from "../local/github/world.ts";
import { run } from "./tool-run.ts";

const recorded = (name: string) => join(import.meta.dirname, "../fixtures/tools/deliveries", name);
const directory = mkdtempSync(join(tmpdir(), "cutwater-play-"));
const at = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

test("effects, in words or as JSON", async () => {
  expect(await run(play, ["hold", recorded("hold.json")])).toEqual({
    code: 0,
    out: "add labels do-not-merge/hold to harbour/knots#7\n",
    err: "",
  });
  const { out } = await run(play, ["wip", recorded("pull_request.opened.json"), "--format=json"]);
  expect(JSON.parse(out)).toEqual([
    {
      do: "addLabels",
      issue: { org: "harbour", repo: "knots", number: 7 },
      labels: ["do-not-merge/work-in-progress"],
    },
  ]);
});

test.each([
  ["no plugin", [], "which plugin, about what?"],
  ["a plugin that is none", ["hodl", recorded("hold.json")], 'no plugin "hodl"; did you mean hold?'],
  ["no file", ["hold", join(directory, "absent.json")], "there is no such file"],
  ["no payload", ["hold", at("a.json", "a: b")], "is no webhook payload: not JSON"],
  ["what could be anything", ["hold", at("b.json", "{}")], "give --event"],
  ["another event", ["wip", recorded("hold.json"), "--event=push"], "is no payload of push: ref: expected"],
  [
    "too little",
    ["size", recorded("pull_request.opened.json")],
    "size cannot go on: it asks GitHub for tree(",
  ],
])("given %s", async (_what, argv, message) => {
  const { code, out, err } = await run(play, argv);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain(message);
});

test("why it may do nothing", async () => {
  const plugins = at("plugins.yaml", "plugins: {harbour: {plugins: [lgtm]}}");
  const { out, err } = await run(play, ["size", recorded("hold.json"), `--plugin-config=${plugins}`]);
  expect(out).toBe("size does nothing about it.\n");
  expect(err).toContain("size does not listen to issue_comment; it listens to pull_request.");
  expect(err).toContain("plugins.yaml does not enable size for harbour/knots");
});

test("with a way to sign in the real world is read, and never written", async () => {
  const github = await testGitHub();
  try {
    const pull = await openPull(github.as("alice"), "more", "src/more.txt", "x\n".repeat(40));
    const owner = { login: "acme", type: "Organization", id: 1 };
    const repository = { name: "lib", full_name: "acme/lib", owner, private: false };
    const file = at(
      "opened.json",
      JSON.stringify({
        action: "opened",
        number: pull.number,
        pull_request: pull,
        repository,
        sender: pull.user,
      }),
    );
    const argv = [
      "size",
      file,
      `--github-endpoint=${github.url}`,
      `--github-graphql-endpoint=${github.url}/graphql`,
      `--github-token-path=${at("token", "bot-token")}`,
    ];
    expect(await run(play, argv)).toEqual({
      code: 0,
      out: `add labels size/M to acme/lib#${pull.number}\n`,
      err: "",
    });
    const { data } = await github.as("alice").rest.issues.get({ ...lib, issue_number: pull.number });
    expect(data.labels).toEqual([]);
  } finally {
    await github.close();
  }
});
