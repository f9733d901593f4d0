// /shrug and /unshrug: the label, and what is said when it goes.
import { expect, test } from "vitest";
import { formatReply } from "../../src/model/reply.ts";
import { shrug } from "../../src/plugins/shrug.ts";
import { world } from "./world.ts";

const SHRUG = "¯\\_(ツ)_/¯";

test.each([
  ["/shrug", [], "add"],
  ["/shrug \r", [], "add"],
  ["/Shrug", [], "add"],
  ["well\n/shrug\n/unshrug", [], "add"],
  ["/shrug", [SHRUG], "nothing"],
  ["/unshrug", [SHRUG], "remove"],
  ["/unshrug", [], "nothing"],
  ["/shrugs", [], "nothing"],
  ["/shrug it off", [], "nothing"],
  ["¯\\_(ツ)_/¯", [], "nothing"],
])("%j with %j: %s", async (body, labels, outcome) => {
  const issue = world().issue({ labels, state: "closed" });
  const event = issue.comment("mallory", body);
  const quoted = { login: "mallory", body, url: event.htmlUrl };
  const effects = {
    add: [{ do: "addLabels", issue: issue.ref, labels: [SHRUG] }],
    remove: [
      { do: "createComment", issue: issue.ref, body: formatReply(quoted, "¯\\\\\\_(ツ)\\_/¯") },
      { do: "removeLabel", issue: issue.ref, label: SHRUG },
    ],
    nothing: [],
  };
  expect(await issue.world.play(shrug, event)).toMatchObject(effects[outcome as keyof typeof effects]);
});

test("pull requests too; not what is edited or deleted", async () => {
  const pr = world().pr();
  expect(await pr.world.play(shrug, pr.comment("bob", "/shrug"))).toHaveLength(1);
  for (const action of ["edited", "deleted"] as const)
    expect(await pr.world.play(shrug, pr.comment("bob", "/shrug", { action }))).toEqual([]);
});
