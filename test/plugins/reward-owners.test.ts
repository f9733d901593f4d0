// reward-owners: who is thanked for becoming an owner.
import { expect, test } from "vitest";
import type { ChangedFile } from "../../src/model/github.ts";
import { rewardOwners } from "../../src/plugins/reward-owners.ts";
import { type Options, world } from "./world.ts";

const BASE: Record<string, string> = {
  OWNERS: "approvers: [lead]\nreviewers: [team]\n",
  OWNERS_ALIASES: "aliases:\n  team: [alice, bob]\n",
  "pkg/OWNERS": "reviewers: [carol]\n",
  "pkg/main.go": "package main\n",
};

interface Case {
  /** Texts after the change; null is a file that goes. */
  change: Record<string, string | null>;
  options?: Options;
  action?: string;
  merged?: boolean;
  more?: Partial<ChangedFile>;
}

async function thanked({ action = "closed", change, merged = true, more, options }: Case) {
  const one = world({
    members: ["lead", "alice", "bob", "carol", "dave", "erin"],
    answers: {
      tree: async () => Object.keys(BASE),
      file: async (_repo, path, sha) => (sha === "h" ? (change[path] ?? undefined) : BASE[path]),
    },
    ...options,
  }).pr({
    files: Object.entries(change).map(([filename, text]) => ({
      filename,
      status: text === null ? "removed" : "modified",
      ...more,
    })),
  });
  const pull = one.pullRequest();
  const pr = { ...pull, merged, head: { ...pull.head, sha: "h" } };
  const [effect] = await one.world.play(rewardOwners, one.event(action, { pr }));
  return effect && /^\nThanks to (.*) for serving/.exec((effect as { body: string }).body)?.[1];
}

test.each<[string, Record<string, string | null>, string | undefined]>([
  ["no owners file", { "pkg/main.go": "x" }, undefined],
  ["somebody added to OWNERS", { OWNERS: "approvers: [lead, Dave]\nreviewers: [team]\n" }, "@dave"],
  [
    "two added in two files",
    { "pkg/OWNERS": "approvers: [erin, carol]\n", "new/OWNERS": "reviewers: [dave]\n" },
    "@dave, @erin",
  ],
  ["an alias with somebody more", { OWNERS_ALIASES: "aliases:\n  team: [alice, bob, dave]\n" }, "@dave"],
  [
    "an alias that nobody uses",
    { OWNERS_ALIASES: "aliases:\n  team: [alice, bob]\n  idle: [dave]\n" },
    undefined,
  ],
  ["somebody removed", { OWNERS: "approvers: [lead]\n" }, undefined],
  ["an owners file removed", { "pkg/OWNERS": null }, undefined],
  ["an owner elsewhere gets more", { "pkg/OWNERS": "approvers: [lead, alice]\n" }, undefined],
  [
    "out of an alias into OWNERS",
    { OWNERS: "approvers: [lead, alice]\nreviewers: [team]\n", OWNERS_ALIASES: "aliases:\n  team: [bob]\n" },
    undefined,
  ],
  ["somebody with a label only", { OWNERS: "approvers: [lead]\nlabels: [dave]\n" }, undefined],
  ["somebody who has to review", { OWNERS: "approvers: [lead]\nrequired_reviewers: [dave]\n" }, undefined],
  ["somebody who is no collaborator", { OWNERS: "approvers: [lead, mallory]\n" }, undefined],
  [
    "a filter",
    { OWNERS: "filters:\n  '.*':\n    approvers: [lead]\n  '\\.go$':\n    reviewers: [dave]\n" },
    "@dave",
  ],
  ["a broken file", { OWNERS: "approvers: [[[", "pkg/OWNERS": "reviewers: [erin]\n" }, "@erin"],
  ["broken aliases", { OWNERS_ALIASES: "aliases: 7", OWNERS: "approvers: [dave]\n" }, "@dave"],
  ["an owners file below what is ignored", { "vendor/x/y/OWNERS": "approvers: [dave]\n" }, undefined],
])("%s", async (_what, change, expected) => {
  expect(await thanked({ change })).toBe(expected);
});

test("where owners need not be collaborators", async () => {
  const options = { owners: { skip_collaborators: ["acme"] } };
  expect(await thanked({ change: { OWNERS: "approvers: [stranger]\n" }, options })).toBe("@stranger");
});

test("owners files of other names", async () => {
  const options = { owners: { filenames: { "acme/lib": { owners: "OWN", owners_aliases: "ALIASES" } } } };
  expect(await thanked({ change: { OWNERS: "approvers: [dave]\n" }, options })).toBeUndefined();
  expect(await thanked({ change: { "x/OWN": "approvers: [dave]\n" }, options })).toBe("@dave");
});

test("an owners file that only moves thanks nobody", async () => {
  const more = { status: "renamed", previous_filename: "pkg/OWNERS" } as const;
  expect(await thanked({ change: { "lib/OWNERS": "reviewers: [carol]\n" }, more })).toBeUndefined();
});

test.each<Partial<Case>>([{ action: "opened" }, { action: "synchronize" }, { merged: false }])(
  "nothing before the merge: %j",
  async (more) => {
    expect(await thanked({ change: { OWNERS: "approvers: [dave]\n" }, ...more })).toBeUndefined();
  },
);
