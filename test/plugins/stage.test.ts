// /stage: which stage label is set, and what the others become.
import { expect, test } from "vitest";
import { stage } from "../../src/plugins/stage.ts";
import { world } from "./world.ts";

const add = (label: string) => `+${label}`;
const remove = (label: string) => `-${label}`;

test.each([
  ["/random-command", [], []],
  ["/remove-stage", [], []],
  ["/stage", [], []],
  ["/stage random", [], []],
  ["/remove-stage random", [], []],
  ["/stage alpha beta", [], []],
  ["/stage  alpha", [], []],
  ["/stage alpha", [], [add("stage/alpha")]],
  ["/stage beta", [], [add("stage/beta")]],
  ["/stage stable", [], [add("stage/stable")]],
  ["/stage alpha \r", [], [add("stage/alpha")]],
  ["please\r\n/STAGE beta\r\nthanks", [], [add("stage/beta")]],
  [" /stage alpha", [], []],
  ["> /stage alpha", [], []],
  ["/remove-stage alpha", ["stage/alpha"], [remove("stage/alpha")]],
  ["/remove-stage alpha", ["stage/beta"], []],
  ["/stage alpha", ["stage/alpha"], []],
  ["/stage alpha", ["Stage/Alpha"], []],
  ["/stage stable", ["stage/beta"], [remove("stage/beta"), add("stage/stable")]],
  [
    "/stage alpha",
    ["stage/stable", "stage/beta", "kind/bug"],
    [remove("stage/beta"), remove("stage/stable"), add("stage/alpha")],
  ],
  ["/stage alpha\n/stage beta", [], [add("stage/alpha"), remove("stage/alpha"), add("stage/beta")]],
  [
    "/remove-stage alpha\n/remove-stage beta\n/stage stable",
    ["stage/alpha", "stage/beta"],
    [remove("stage/alpha"), remove("stage/beta"), add("stage/stable")],
  ],
])("%j with %j", async (body, labels, changes) => {
  for (const kind of ["issue", "pr"] as const) {
    const issue = world()[kind]({ labels, state: "closed" });
    const effects = await issue.world.play(stage, issue.comment("mallory", body));
    const told = effects.map((effect) =>
      effect.do === "addLabels" ? `+${effect.labels}` : effect.do === "removeLabel" && `-${effect.label}`,
    );
    expect(told).toEqual(changes);
  }
});

test("only what is said now counts, and a comment without the command costs nothing", async () => {
  const issue = world().issue();
  for (const action of ["edited", "deleted"] as const)
    expect(await issue.world.play(stage, issue.comment("bob", "/stage alpha", { action }))).toEqual([]);
  await issue.world.play(stage, issue.comment("bob", "the stage is yours"));
  expect(issue.world.reads).toEqual([]);
});
