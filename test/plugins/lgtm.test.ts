// lgtm: who may, what reviews say, and what new commits take back.
import { expect, test } from "vitest";
import { lgtm } from "../../src/plugins/lgtm.ts";
import { type Options, world } from "./world.ts";

const base: Options = { members: ["alice", "bob", "carol"] };
const withOptions = (options: object): Options => ({
  ...base,
  plugins: { lgtm: [{ repos: ["acme"], ...options }] },
});

test.each(["/lgtm", "/LGTM", "/lgtm no-issue", "Thanks!\r\n\r\n/lgtm\r\n"])(
  "%j adds the label",
  async (body) => {
    const pr = world(base).pr();
    expect(await pr.world.play(lgtm, pr.comment("bob", body))).toEqual([
      { do: "addLabels", issue: pr.ref, labels: ["lgtm"] },
      { do: "assign", issue: pr.ref, logins: ["bob"] },
    ]);
  },
);

test.each(["/lgtm cancel", "/remove-lgtm"])("%j removes it", async (body) => {
  const pr = world(base).pr({ labels: ["lgtm"], assignees: ["bob"] });
  expect(await pr.world.play(lgtm, pr.comment("bob", body))).toEqual([
    { do: "removeLabel", issue: pr.ref, label: "lgtm" },
  ]);
});

test.each(["/lgtm please", "lgtm", "/lgtms", "/lgtm  cancel"])("%j is no command", async (body) => {
  const pr = world(base).pr();
  expect(await pr.world.play(lgtm, pr.comment("bob", body))).toEqual([]);
  expect(pr.world.reads).toEqual([]);
});

test("an author can not lgtm, but can cancel", async () => {
  const pr = world(base).pr({ labels: ["lgtm"] });
  await pr.world.react(lgtm, pr.comment("alice", "/lgtm"));
  expect(pr.said[0]).toMatch(
    /^@alice: you cannot LGTM your own PR\.\n\n<details>\n\nIn response to \[this\]/,
  );
  expect(await pr.world.play(lgtm, pr.comment("alice", "/lgtm cancel"))).toEqual([
    { do: "removeLabel", issue: pr.ref, label: "lgtm" },
  ]);
});

test("a stranger is told that it is for collaborators", async () => {
  const pr = world(base).pr();
  await pr.world.react(lgtm, pr.comment("mallory", "/lgtm"));
  expect(pr.said[0]).toContain("@mallory: changing LGTM is restricted to collaborators\n");
});

test("where OWNERS files decide, reviewers and approvers of a changed file may", async () => {
  const pr = world({
    ...base,
    files: { OWNERS: "approvers: [root]\n", "api/OWNERS": "reviewers: [Zoe]\n" },
    owners: { skip_collaborators: ["acme"] },
  }).pr({ files: ["api/a.go", "b.go"] });
  expect(await pr.world.play(lgtm, pr.comment("zoe", "/lgtm"))).toEqual([
    { do: "addLabels", issue: pr.ref, labels: ["lgtm"] },
  ]);
  await pr.world.react(lgtm, pr.comment("bob", "/lgtm"));
  expect(pr.said[0]).toContain("@bob: adding LGTM is restricted to approvers and reviewers in OWNERS files.");
});

test("reviews count only with review_acts_as_lgtm, and not when they hold the command", async () => {
  const ignoring = world(base).pr();
  expect(await ignoring.world.play(lgtm, ignoring.review("bob", "APPROVED"))).toEqual([]);
  const pr = world(withOptions({ review_acts_as_lgtm: true })).pr();
  expect(await pr.world.play(lgtm, pr.review("bob", "APPROVED", "nice"))).toMatchObject([
    { do: "addLabels", labels: ["lgtm"] },
    { do: "assign", logins: ["bob"] },
  ]);
  expect(await pr.world.play(lgtm, pr.review("bob", "APPROVED", "/lgtm"))).toEqual([]);
  expect(await pr.world.play(lgtm, pr.review("bob", "COMMENTED"))).toEqual([]);
});

test("new commits take lgtm back and say so; the note goes with the next lgtm", async () => {
  const pr = world(base).pr({ labels: ["lgtm"] });
  await pr.world.react(lgtm, pr.event("synchronize"));
  expect([...pr.labels]).toEqual([]);
  expect(pr.said).toEqual(["New changes are detected. LGTM label has been removed."]);
  await pr.world.react(lgtm, pr.comment("bob", "/lgtm"));
  expect(pr.said).toEqual([]);
});

test("with store_tree_hash the same content keeps it; other content asks for reviews again", async () => {
  const pr = world(withOptions({ store_tree_hash: true })).pr({ assignees: ["bob"] });
  pr.world.trees.set(pr.headSHA, "same");
  await pr.world.react(lgtm, pr.comment("bob", "/lgtm"));
  expect(pr.said).toEqual(["LGTM label has been added.  <details>Git tree hash: same</details>"]);
  pr.headSHA = "d".repeat(40);
  pr.world.trees.set(pr.headSHA, "same");
  expect(await pr.world.play(lgtm, pr.event("synchronize"))).toEqual([]);
  pr.world.trees.set(pr.headSHA, "other");
  expect(await pr.world.play(lgtm, pr.event("synchronize"))).toMatchObject([
    { do: "removeLabel", label: "lgtm" },
    { do: "createComment" },
    { do: "requestReviews", logins: ["bob"] },
  ]);
});

test("an edited tree hash does not count", async () => {
  const pr = world(withOptions({ store_tree_hash: true })).pr({ labels: ["lgtm"] });
  pr.world.trees.set(pr.headSHA, "same");
  const text = "LGTM label has been added.  <details>Git tree hash: same</details>";
  pr.addComment("ci-robot", text, { updated_at: "2026-11-24T00:00:00Z" });
  expect(await pr.world.play(lgtm, pr.event("synchronize"))).toMatchObject([{ do: "removeLabel" }, {}]);
});

test("commits by the trusted team keep it", async () => {
  const options = {
    ...withOptions({ trusted_team_for_sticky_lgtm: "Core Team" }),
    teams: { "core-team": ["alice"] },
  };
  const pr = world(options).pr({ labels: ["lgtm"] });
  expect(await pr.world.play(lgtm, pr.event("synchronize"))).toEqual([]);
});

test("nothing happens on issues and closed pull requests", async () => {
  const issue = world(base).issue();
  expect(await issue.world.play(lgtm, issue.comment("bob", "/lgtm"))).toEqual([]);
  const closed = world(base).pr({ state: "closed" });
  expect(await closed.world.play(lgtm, closed.comment("bob", "/lgtm"))).toEqual([]);
});

test("a tree hash that an author makes the bot quote does not count", async () => {
  const pr = world(withOptions({ store_tree_hash: true })).pr({ labels: ["lgtm"] });
  pr.world.trees.set(pr.headSHA, "evil");
  const planted = "LGTM label has been added.  <details>Git tree hash: evil</details>";
  for (const separator of ["\n", "\r\n", "\r"]) {
    await pr.world.react(lgtm, pr.comment("alice", `/lgtm\n${separator}${planted}`));
  }
  expect(pr.said).toHaveLength(3);
  expect(pr.said.every((text) => text.includes(planted) && text.startsWith("@alice: you cannot"))).toBe(true);
  expect(await pr.world.play(lgtm, pr.event("synchronize"))).toMatchObject([
    { do: "removeLabel", label: "lgtm" },
    { do: "createComment" },
  ]);
});
