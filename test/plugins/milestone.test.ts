// /milestone: who may, which milestones there are, and what is said to the others.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import { formatReply } from "../../src/model/reply.ts";
import { milestone } from "../../src/plugins/milestone.ts";
import { playWith } from "./with-reads.ts";
import { type Options, type World, world } from "./world.ts";

const OPTIONS = { maintainers_team: "release-team", maintainers_id: 42, maintainers_friendly_name: "leads" };
const here = (repo_milestone: object = { "acme/lib": OPTIONS }): Options => ({ plugins: { repo_milestone } });

/** Of teams by slug or id. */
const TEAMS: Record<string, string[]> = { "release-team": ["Carol"], "42": ["dave"], fallback: ["erin"] };
const reads = {
  teamMembers: (_org: string, team: string | number) =>
    TEAMS[team]?.map((login) => ({ login })) ?? new GitHubError(404, `no team ${team}`),
  milestones: () => [
    { title: "v2.0", number: 7 },
    { title: "v1.0", number: 5 },
    { title: "clear skies", number: 9 },
  ],
};

const REFUSED =
  "You must be a member of the [acme/release-team](https://github.com/orgs/acme/teams/release-team/members) GitHub team to set the milestone. If you believe you should be able to issue the /milestone command, please contact your leads and have them propose you as an additional delegate for this responsibility.";
const INVALID =
  "The provided milestone is not valid for this repository. Milestones in this repository: [`clear skies`, `v1.0`, `v2.0`]\n\nUse `/milestone clear` to clear the milestone.";

describe("by a maintainer", () => {
  test.each([
    ["/milestone v1.0", 5],
    ["/milestone v1.0  \r", 5],
    ["text\r\n/milestone v2.0\r\nmore", 7],
    ["/milestone\nv2.0", 7],
    ["/milestone clear skies", 9],
    ["/milestone clear", null],
    ["/milestone v1.0\n/milestone v2.0", 5],
  ])("%j sets %j on whatever it is written on", async (body, number) => {
    for (const kind of ["issue", "pr"] as const) {
      const issue = world(here())[kind]({ state: "closed" });
      const event = issue.comment("carol", body);
      expect(await playWith(milestone, event, issue.world, reads)).toEqual([
        { do: "setMilestone", issue: issue.ref, milestone: number },
      ]);
    }
  });

  test.each(["v9", "V1.0", "v1.0 please", "Clear", "__proto__", "`v1.0`"])(
    "%j is no milestone, and those that are get listed",
    async (title) => {
      const issue = world(here()).issue();
      const event = issue.comment("carol", `/milestone ${title}`);
      const said = formatReply({ login: "carol", body: event.body, url: event.htmlUrl }, INVALID);
      expect(await playWith(milestone, event, issue.world, reads)).toEqual([
        { do: "createComment", issue: issue.ref, body: said, marker: said },
      ]);
    },
  );

  test("taking it off asks for no list of milestones", async () => {
    const issue = world(here()).issue();
    await playWith(milestone, issue.comment("carol", "/milestone clear"), issue.world, reads);
    expect(issue.world.reads).toEqual(["teamMembers"]);
  });
});

test.each([
  ["bob", "/milestone v1.0"],
  ["bob", "/milestone clear"],
  ["bob", "/milestone v9"],
  ["carol1", "/milestone v1.0"],
  ["carol[bot]", "/milestone v1.0"],
  ["dave", "/milestone v1.0"],
])("%s is no maintainer: %j is refused", async (by, body) => {
  const issue = world(here()).issue();
  const event = issue.comment(by, body);
  const said = formatReply({ login: by, body, url: event.htmlUrl }, REFUSED);
  expect(await playWith(milestone, event, issue.world, reads)).toEqual([
    { do: "createComment", issue: issue.ref, body: said, marker: said },
  ]);
  expect(issue.world.reads).toEqual(["teamMembers"]);
});

const plays = (world: World, by: string) =>
  playWith(milestone, world.issue().comment(by, "/milestone v1.0"), world, reads);

test("the team may be named by its id, and for all repositories that name none", async () => {
  const byId = { "acme/lib": { maintainers_id: 42 } };
  expect(await plays(world(here(byId)), "dave")).toMatchObject([{ do: "setMilestone" }]);
  const fallback = { "": { maintainers_team: "fallback" } };
  expect(await plays(world(here(fallback)), "erin")).toMatchObject([{ do: "setMilestone" }]);
  const own = { ...fallback, "acme/lib": OPTIONS };
  expect(await plays(world(here(own)), "erin")).toMatchObject([{ do: "createComment" }]);
  const ofOrg = { ...fallback, acme: OPTIONS };
  expect(await plays(world(here(ofOrg)), "erin")).toMatchObject([{ do: "setMilestone" }]);
});

test("without a team nobody may, and the failure says what to configure", async () => {
  await expect(plays(world(here({ "acme/lib": {} })), "carol")).rejects.toThrow(
    "repo_milestone of plugins.yaml names no team for acme/lib: nobody may set the milestone until maintainers_team says who",
  );
  await expect(plays(world({}), "carol")).rejects.toThrow("names no team");
  const gone = { "acme/lib": { maintainers_team: "gone" } };
  await expect(plays(world(here(gone)), "carol")).rejects.toThrow("no team gone");
});

test.each([
  ["/milestone", "created"],
  ["/Milestone v1.0", "created"],
  [" /milestone v1.0", "created"],
  ["> /milestone v1.0", "created"],
  ["/milestones v1.0", "created"],
  ["/milestone v1.0", "edited"],
  ["/milestone v1.0", "deleted"],
] as const)("nothing, and no request, for %j when it is %s", async (body, action) => {
  const issue = world(here()).issue();
  const event = issue.comment("carol", body, { action });
  expect(await playWith(milestone, event, issue.world, reads)).toEqual([]);
  expect(issue.world.reads).toEqual([]);
});
