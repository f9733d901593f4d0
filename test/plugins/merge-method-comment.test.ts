// merge-method-comment: what pull requests of several commits are told.
import { expect, test } from "vitest";
import { ABOUT_THIS_BOT_WITHOUT_COMMANDS } from "../../src/model/reply.ts";
import { mergeMethodComment } from "../../src/plugins/merge-method-comment.ts";
import { world } from "./world.ts";

const START = "This PR has multiple commits, and the default merge method is:";

test.each([
  [{}, `${START} merge.\nCommits will be merged, as no squash labels are defined`],
  [
    { squash_label: "tide/squash", merge_label: "tide/merge" },
    `${START} merge.\nYou can request commits to be squashed using the label: tide/squash`,
  ],
  [
    { merge_method: { "acme/lib": "squash" } },
    `${START} squash.\nCommits will be squashed, as no merge labels are defined`,
  ],
  [
    { merge_method: { acme: "squash" }, merge_label: "tide/merge" },
    `${START} squash.\nYou can request commits to be merged using the label: tide/merge`,
  ],
  [{ merge_method: { acme: "rebase" }, squash_label: "s", merge_label: "m" }, `${START} rebase.\n`],
  [
    { merge_method: { "acme/lib@main": "squash", other: "rebase" } },
    `${START} merge.\nCommits will be merged, as no squash labels are defined`,
  ],
])("%j", async (tide, text) => {
  for (const action of ["opened", "reopened", "synchronize", "edited"]) {
    const pr = world({ tide }).pr({ pull: { commits: 2 } });
    const body = `${text}\n\n<details>\n\n${ABOUT_THIS_BOT_WITHOUT_COMMANDS}\n</details>`;
    expect(await pr.world.play(mergeMethodComment, pr.event(action))).toEqual([
      { do: "createComment", issue: pr.ref, body, marker: text },
    ]);
  }
});

test.each([
  ["opened", 1],
  ["opened", 0],
  ["opened", undefined],
  ["closed", 2],
  ["labeled", 2],
])("nothing when %s with %j commits", async (action, commits) => {
  const pr = world().pr({ pull: commits === undefined ? {} : { commits } });
  expect(await pr.world.play(mergeMethodComment, pr.event(action))).toEqual([]);
});
