// mergecommitblocker: the label, the comment, and what becomes of both.
import { expect, test } from "vitest";
import type { Commit } from "../../src/model/github.ts";
import { mergecommitblocker } from "../../src/plugins/mergecommitblocker.ts";
import { BOT, REPO, world } from "./world.ts";

const LABEL = "do-not-merge/contains-merge-commits";
const SAID = `Adding label \`${LABEL}\` because PR contains merge commits, which are not allowed in this repository.
Use \`git rebase\` to reapply your commits on top of the target branch. Detailed instructions for doing so can be found [here](https://git.k8s.io/community/contributors/guide/github-workflow.md#4-keep-your-branch-in-sync).`;

const commit = (...parents: string[]): Commit => ({ sha: "s", message: "m", tree: "t", parents });
const PLAIN = [commit("a"), commit("b")];
const MERGE = [commit("a"), commit("b", "c")];

const pr = (commits: Commit[], labels: string[] = []) =>
  world({ answers: { pullRequestCommits: async () => commits } }).pr({ labels });

test.each(["opened", "reopened", "synchronize"])("a merge commit when %s", async (action) => {
  const one = pr(MERGE);
  const [comment, ...rest] = await one.world.play(mergecommitblocker, one.event(action));
  expect(comment).toMatchObject({ do: "createComment", issue: one.ref, marker: SAID });
  expect((comment as { body: string }).body).toMatch(
    /^Adding label .*\n.*\n\n<details>\n\nInstructions .*\n<\/details>$/,
  );
  expect(rest).toEqual([{ do: "addLabels", issue: one.ref, labels: [LABEL] }]);
});

test.each([
  ["there are none", PLAIN, []],
  ["they are labelled", MERGE, [LABEL]],
  ["they are labelled in other letters", MERGE, [LABEL.toUpperCase()]],
])("nothing when %s", async (_why, commits, labels) => {
  const one = pr(commits, labels);
  expect(await one.world.play(mergecommitblocker, one.event("synchronize"))).toEqual([]);
});

test("when they are gone label and own comments go", async () => {
  const one = pr(PLAIN, [LABEL]);
  const own = one.addComment(BOT, `${SAID}\n\n<details>…`);
  one.addComment("mallory", SAID);
  one.addComment("Ci-Robot", SAID);
  expect(await one.world.play(mergecommitblocker, one.event("synchronize"))).toEqual([
    { do: "deleteComment", repo: REPO, id: own.id },
    { do: "removeLabel", issue: one.ref, label: LABEL },
  ]);
});

test("more commits than GitHub lists for a pull request are compared", async () => {
  const asked: string[] = [];
  const one = world({
    answers: {
      commitsBetween: async (_repo, base, head) => {
        asked.push(base, head);
        return MERGE;
      },
    },
  }).pr({ pull: { commits: 251 } });
  expect(await one.world.play(mergecommitblocker, one.event("opened"))).toHaveLength(2);
  expect(asked).toEqual(["b".repeat(40), one.headSHA]);
});

test("other events cost nothing", async () => {
  const one = pr(MERGE);
  for (const action of ["edited", "closed", "labeled"])
    expect(await one.world.play(mergecommitblocker, one.event(action))).toEqual([]);
  expect(one.world.reads).toEqual([]);
});
