// cherrypicker from webhook to pull request, with real git between our GitHub and its mirror.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cherrypicker } from "../../src/cmd/cherrypicker.ts";
import { commit, openPull } from "../local/github/world.ts";
import { eventually, lib, type RunningPlugin, startPlugin } from "./external-plugin.ts";

let plugin: RunningPlugin;
const alice = () => plugin.github.as("alice");

async function branchFrom(name: string, from = "main") {
  const { data } = await alice().git.getRef({ ...lib, ref: `heads/${from}` });
  await alice().git.createRef({ ...lib, ref: `refs/heads/${name}`, sha: data.object.sha });
}

/** v1 and v0 are branches that have gone other ways than main. */
async function start(setup: Parameters<typeof startPlugin>[1] = {}) {
  plugin = await startPlugin(cherrypicker, setup);
  for (const name of ["v1", "v0"]) {
    await branchFrom(name);
    await commit(alice(), lib, name, "b.txt", `b of ${name}\n`);
  }
  await commit(alice(), lib, "main", "main-only.txt", "main\n");
  await alice().repos.addCollaborator({ ...lib, username: "robot", permission: "triage" });
}

const merge = (pull_number: number) => alice().pulls.merge({ ...lib, pull_number });
const say = (issue_number: number, body: string, login = "alice") =>
  plugin.github.as(login).issues.createComment({ ...lib, issue_number, body });

/** The bot's answers, once there are as many. */
const answers = (number: number, count: number) =>
  eventually(
    async () => {
      const said = await plugin.said(number);
      return said.length >= count ? said : undefined;
    },
    () => `${count} answers on #${number}\n${plugin.log()}`,
  );

const file = async (ref: string, path: string, owner = "robot") => {
  const { data } = await alice().repos.getContent({ owner, repo: "lib", path, ref });
  return Buffer.from((data as { content: string }).content, "base64").toString();
};

/** Number in the last answer. */
const made = (said: string[]): number => Number(/new pull request created: #(\d+)/.exec(said.at(-1)!)![1]);

describe("as a user with a fork", () => {
  beforeAll(() => start({ args: ["--create-issue-on-conflict", "--labels=cherry-pick-approved"] }));
  afterAll(() => plugin?.stop());

  test("a merged pull request is picked, with author and message, and nothing of its branch", async () => {
    const pr = await openPull(alice(), "fix", "src/a.txt", "ONE\ntwo\nthree\n");
    await commit(alice(), lib, "fix", "new.txt", "new\n");
    await alice().pulls.update({
      ...lib,
      pull_number: pr.number,
      title: "--upload-pack=x $(id) `id`",
      body: "why\n\n```release-note\nfixed\n```",
    });
    await alice().issues.addLabels({ ...lib, issue_number: pr.number, labels: ["kind/bug"] });
    await merge(pr.number);
    await say(pr.number, "/cherrypick v1 v0");
    const said = await answers(pr.number, 1);
    expect(said).toEqual([expect.stringMatching(/^@alice: new pull request created: #\d+$/)]);
    const { data } = await alice().pulls.get({ ...lib, pull_number: made(said) });
    expect(data).toMatchObject({
      title: "[v1] --upload-pack=x $(id) `id`",
      body: `This is an automated cherry-pick of #${pr.number}\n\n/assign alice\n\n\`\`\`release-note\nfixed\n\`\`\`\n\n/cherrypick v0\n\n/kind bug`,
      base: { ref: "v1" },
      head: { label: `robot:cherry-pick-${pr.number}-to-v1` },
      maintainer_can_modify: true,
      assignees: [{ login: "alice" }],
      labels: [{ name: "cherry-pick-approved" }],
      changed_files: 2,
    });
    const branch = `cherry-pick-${pr.number}-to-v1`;
    expect(await file(branch, "src/a.txt")).toBe("ONE\ntwo\nthree\n");
    expect(await file(branch, "b.txt")).toBe("b of v1\n");
    await expect(file(branch, "main-only.txt")).rejects.toThrow();
    const { data: commits } = await alice().pulls.listCommits({ ...lib, pull_number: data.number });
    expect(
      commits.map(({ commit: each }) => [each.message, each.author?.name, each.committer?.name]),
    ).toEqual([
      ["Change src/a.txt", "Alice", "robot"],
      ["Change new.txt", "Alice", "robot"],
    ]);

    // The branch that follows, once this is merged.
    await merge(data.number);
    const chained = await answers(data.number, 1);
    expect(chained).toEqual([expect.stringMatching(/^@robot: new pull request created: #\d+$/)]);
    const { data: last } = await alice().pulls.get({ ...lib, pull_number: made(chained) });
    expect(last).toMatchObject({ title: "[v0] --upload-pack=x $(id) `id`", base: { ref: "v0" } });

    // Asked for again while it is open.
    await say(data.number, "/cherrypick v0");
    expect((await answers(data.number, 2))[1]).toBe(
      `@alice: Looks like #${data.number} has already been cherry picked in ${last.html_url}`,
    );
  });

  test("what is asked for while it is open is done when it is merged, once a branch", async () => {
    const pr = await openPull(alice(), "later", "later.txt", "later\n");
    await say(pr.number, "/cherrypick v1");
    await say(pr.number, "/cherrypick v0", "mallory");
    await say(pr.number, "/cherry-pick v1", "bob");
    const before = await answers(pr.number, 3);
    expect(before.map((text) => text.slice(0, 40)).sort()).toEqual([
      "@alice: once the present PR merges, I wi",
      "@bob: once the present PR merges, I will",
      "@mallory: only [acme](https://github.com",
    ]);
    await merge(pr.number);
    const said = await answers(pr.number, 4);
    await plugin.github.settled();
    expect(said[3]).toMatch(/^@alice: new pull request created: #\d+$/);
    expect(await plugin.said(pr.number)).toHaveLength(4);
  });

  test("a label asks, too", async () => {
    const pr = await openPull(alice(), "labelled", "labelled.txt", "x\n");
    await merge(pr.number);
    await alice().issues.addLabels({ ...lib, issue_number: pr.number, labels: ["cherrypick/v1"] });
    expect(await answers(pr.number, 1)).toEqual([
      expect.stringMatching(/^In response to a cherrypick label: new pull request created: #\d+$/),
    ]);
  });

  test("what does not fit is told, and becomes an issue", async () => {
    const pr = await openPull(alice(), "clash", "b.txt", "b of main\n");
    await merge(pr.number);
    await say(pr.number, "/cherrypick v1");
    const [conflict, issue] = await answers(pr.number, 2);
    expect(conflict).toBe(
      `@alice: #${pr.number} failed to apply on top of branch "v1":\n\`\`\`\nApplying: Change b.txt\nAuto-merging b.txt\nCONFLICT (content): Merge conflict in b.txt\nerror: Failed to merge in the changes.\nPatch failed at 0001 Change b.txt\n\`\`\``,
    );
    const number = Number(/^@alice: new issue created for failed cherrypick: #(\d+)$/.exec(issue!)![1]);
    const { data } = await alice().issues.get({ ...lib, issue_number: number });
    expect(data).toMatchObject({
      title: "[v1] Change b.txt",
      body: `Manual cherrypick required.\n\n${conflict!.slice("@alice: ".length)}`,
      assignees: [{ login: "alice" }],
    });
  });

  test("branches that are gone or never were are told, and no other is held up", async () => {
    const pr = await openPull(alice(), "many", "many.txt", "x\n");
    await merge(pr.number);
    await say(pr.number, "/cherrypick gone\n/cherrypick ../../x\n/cherrypick --all\n/cherrypick v1");
    const said = (await answers(pr.number, 4)).map((text) => text.split(/: error| #/)[0]).sort();
    expect(said).toEqual([
      "@alice: cannot checkout `--all`",
      "@alice: cannot checkout `../../x`",
      "@alice: cannot checkout `gone`",
      "@alice: new pull request created:",
    ]);
  });

  test("a pull request from a fork that is gone is picked all the same", async () => {
    const mallory = plugin.github.as("mallory");
    await mallory.repos.createFork(lib);
    await commit(mallory, { owner: "mallory", repo: "lib" }, "main", "theirs.txt", "theirs\n");
    const { data: pr } = await mallory.pulls.create({
      ...lib,
      title: "Theirs",
      head: "mallory:main",
      base: "main",
    });
    await merge(pr.number);
    await mallory.repos.delete({ owner: "mallory", repo: "lib" });
    await say(pr.number, "/cherrypick v1");
    const said = await answers(pr.number, 1);
    expect(await file(`cherry-pick-${pr.number}-to-v1`, "theirs.txt")).toBe("theirs\n");
    expect(said[0]).toMatch(/^@alice: new pull request created/);
  });

  test("a webhook without a good signature is refused, and help is told", async () => {
    const headers = {
      "content-type": "application/json",
      "x-github-event": "issue_comment",
      "x-github-delivery": "g",
      "x-hub-signature-256": "sha256=00",
    };
    expect((await fetch(plugin.url, { method: "POST", headers, body: "{}" })).status).toBe(403);
    expect((await fetch(plugin.url)).status).toBe(405);
    const help = await fetch(`${plugin.url}/help`, {
      method: "POST",
      body: JSON.stringify([{ Org: "acme", Repo: "lib" }]),
    });
    expect(await help.json()).toMatchObject({
      Description: expect.stringMatching(/^The cherrypick plugin is used/),
      Config: null,
      Events: null,
      Commands: [{ Usage: "/cherrypick [branch]", Featured: true }],
    });
    expect((await fetch(`${plugin.url}/help`)).status).toBe(405);
    expect((await fetch(`${plugin.url}/help`, { method: "POST", body: "{" })).status).toBe(500);
  });
});

describe("as an App", () => {
  const app = (permissions: Record<string, string>) => ({
    async signIn(github: RunningPlugin["github"], directory: string) {
      const created = await github.admin("apps", {
        name: "Picker",
        owner: "alice",
        permissions,
        installations: [{ account: "acme" }],
      });
      await writeFile(join(directory, "key.pem"), created["pem"] as string);
      return [`--github-app-id=${String(created["id"])}`, "--github-app-private-key-path=DIR/key.pem"];
    },
  });
  afterAll(() => plugin?.stop());

  test("the branch is one of the repository, and a push that is refused is told", async () => {
    const all = { contents: "write", issues: "write", pull_requests: "write", members: "read" };
    await start(app(all));
    const pr = await openPull(alice(), "fix", "fix.txt", "x\n");
    await merge(pr.number);
    await say(pr.number, "/cherrypick v1");
    const said = await answers(pr.number, 1);
    const { data } = await alice().pulls.get({ ...lib, pull_number: made(said) });
    expect(data.head.label).toBe(`acme:cherry-pick-${pr.number}-to-v1`);
    expect(data.user?.login).toBe("picker[bot]");
    await plugin.stop();

    await start(app({ ...all, contents: "read" }));
    const other = await openPull(alice(), "fix", "fix.txt", "x\n");
    await merge(other.number);
    await say(other.number, "/cherrypick v1");
    expect((await answers(other.number, 1))[0]).toMatch(
      /^@alice: failed to push cherry-picked changes in GitHub: .*403/s,
    );
  });
});
