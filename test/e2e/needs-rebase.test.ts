// needs-rebase between webhooks, the look at all pull requests, and GitHub.
import { afterEach, describe, expect, test } from "vitest";
import { needsRebase } from "../../src/cmd/needs-rebase.ts";
import { commit, openPull } from "../local/github/world.ts";
import { eventually, lib, type RunningPlugin, startPlugin } from "./external-plugin.ts";

const PLUGINS = "external_plugins:\n  acme: [{name: needs-rebase, events: [pull_request]}]\n";
const SAID = "PR needs rebase.";

let plugin: RunningPlugin;
afterEach(() => plugin?.stop());

async function start(args: string[] = []) {
  plugin = await startPlugin(needsRebase, {
    files: { "plugins.yaml": PLUGINS },
    args: ["--plugin-config=DIR/plugins.yaml", ...args],
    seed: { repos: [{ owner: "acme", name: "lib", collaborators: { robot: "write" } }] },
  });
  await alice().repos.addCollaborator({ ...lib, username: "robot", permission: "triage" });
}
const alice = () => plugin.github.as("alice");

const state = async (number: number) => {
  const { data } = await alice().issues.listLabelsOnIssue({ ...lib, issue_number: number });
  const labelled = data.some(({ name }) => name === "needs-rebase");
  return `${labelled ? "labelled" : "plain"}, said ${(await plugin.said(number)).join(" ")}`;
};
const becomes = (number: number, wanted: string) =>
  eventually(
    async () => ((await state(number)) === wanted ? true : undefined),
    () => `#${number} is ${wanted}\n${plugin.log()}`,
  );

describe("needs-rebase", () => {
  test("labels and tells of a conflict, and takes both back", async () => {
    await start();
    await alice().issues.createLabel({ ...lib, name: "needs-rebase" });
    const fine = await openPull(alice(), "fine", "fine.txt", "x\n");
    const pr = await openPull(alice(), "fix", "b.txt", "mine\n");
    await plugin.github.settled();
    expect(await state(pr.number)).toBe("plain, said ");
    await commit(alice(), lib, "main", "b.txt", "theirs\n");
    // Nobody tells of what a push to main does to it; a comment makes it look.
    await alice().issues.createComment({ ...lib, issue_number: pr.number, body: "hello" });
    await becomes(pr.number, `labelled, said ${SAID}`);
    await alice().issues.createComment({ ...lib, issue_number: pr.number, body: "again" });
    await plugin.github.settled();
    await commit(alice(), lib, "fix", "b.txt", "b\n");
    await commit(alice(), lib, "main", "b.txt", "b\n");
    await alice().issues.createComment({ ...lib, issue_number: pr.number, body: "resolved" });
    await becomes(pr.number, "plain, said ");
    expect(await state(fine.number)).toBe("plain, said ");
  });

  test("looks at all of them once in a while, also at those that nobody touches", async () => {
    await start(["--update-period=50ms"]);
    await alice().issues.createLabel({ ...lib, name: "needs-rebase" });
    const pr = await openPull(alice(), "fix", "b.txt", "mine\n");
    const other = await openPull(alice(), "other", "other.txt", "x\n");
    await commit(alice(), lib, "main", "b.txt", "theirs\n");
    await becomes(pr.number, `labelled, said ${SAID}`);
    expect(await state(other.number)).toBe("plain, said ");
    await commit(alice(), lib, "main", "b.txt", "b\n");
    await becomes(pr.number, "plain, said ");
  });
});
