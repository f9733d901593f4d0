// Labels from OWNERS files: which ones a change asks for, and which of them are set.
import { expect, test } from "vitest";
import { ownersLabel } from "../../src/plugins/owners-label.ts";
import { type IssueOptions, type Options, world } from "./world.ts";

const FILES = {
  OWNERS: "approvers:\n- carol\n",
  "api/OWNERS": "labels:\n- area/api\n- API\n",
  "api/v2/OWNERS": "labels:\n- area/v2\n",
  "api/own/OWNERS": "options:\n  no_parent_owners: true\nlabels:\n- area/own\n",
  "ui/OWNERS": "filters:\n  '\\.css$':\n    labels: [area/style]\n  '.*':\n    labels: [area/ui]\n",
  "broken/OWNERS": "labels: [area/broken\n",
};
const LABELS = ["area/api", "area/v2", "area/own", "area/ui", "area/style", "api", "lgtm"];
const here: Options = { files: FILES, repositoryLabels: LABELS };

const play = (options: IssueOptions, action = "opened", where = here) => {
  const pr = world(where).pr(options);
  return pr.world.play(ownersLabel, pr.event(action)).then((effects) => ({ effects, pr }));
};

test.each([
  [["README.md"], [], []],
  [["api/x.go"], [], ["area/api"]],
  [["api/x.go", "api/y.go"], [], ["area/api"]],
  [["api/v2/x.go"], [], ["area/api", "area/v2"]],
  [["api/own/x.go"], [], ["area/own"]],
  [["ui/x.js"], [], ["area/ui"]],
  [["ui/x.css", "api/x.go"], [], ["area/api", "area/style", "area/ui"]],
  [["api/x.go"], ["area/api"], []],
  [["api/v2/x.go"], ["area/api", "lgtm"], ["area/v2"]],
  // Names are compared as they are written, as Prow does.
  [["api/x.go"], ["Area/API"], ["area/api"]],
  [["broken/x.go"], [], []],
  [["gone/deeper/x.go"], ["area/api"], []],
])("%j with %j on it: %j", async (files, labels, added) => {
  const { effects, pr } = await play({ files, labels });
  expect(effects).toEqual(added.length > 0 ? [{ do: "addLabels", issue: pr.ref, labels: added }] : []);
});

test.each([
  ["opened", true],
  ["reopened", true],
  ["synchronize", true],
  ["edited", false],
  ["labeled", false],
  ["closed", false],
])("%s: %s", async (action, acts) => {
  const { effects, pr } = await play({ files: ["api/x.go"] }, action);
  expect(effects).toHaveLength(acts ? 1 : 0);
  if (!acts) expect(pr.world.reads).toEqual([]);
});

test("a change that asks for no label costs no look at labels", async () => {
  const { pr } = await play({ files: ["README.md"] });
  expect(pr.world.reads).not.toContain("repositoryLabels");
  expect(pr.world.reads).not.toContain("issueLabels");
});

test("a file that was moved counts where it is now", async () => {
  const files = [{ filename: "ui/x.js", previous_filename: "api/x.js", status: "renamed" as const }];
  const { effects, pr } = await play({ files });
  expect(effects).toEqual([{ do: "addLabels", issue: pr.ref, labels: ["area/ui"] }]);
});

test("a base branch that is gone is a failure that says so", async () => {
  await expect(play({ files: ["api/x.go"], base: "gone" })).rejects.toThrow(
    "acme/lib has no branch gone whose OWNERS files could be read",
  );
});
