// /status: which labels it sets, for whom, and what is said to the others.
import { expect, test } from "vitest";
import { milestonestatus } from "../../src/plugins/milestonestatus.ts";
import { playWith } from "./with-reads.ts";
import { world } from "./world.ts";

const OPTIONS = { maintainers_team: "release-team", maintainers_friendly_name: "leads" };
const here = { plugins: { repo_milestone: { "acme/lib": OPTIONS } } };
const reads = { teamMembers: () => [{ login: "Carol" }] };

const REFUSED =
  "You must be a member of the [acme/release-team](https://github.com/orgs/acme/teams/release-team/members) GitHub team to add status labels. If you believe you should be able to issue the /status command, please contact your leads and have them propose you as an additional delegate for this responsibility.";

test.each([
  ["/status approved-for-milestone", ["status/approved-for-milestone"]],
  ["/status in-progress", ["status/in-progress"]],
  ["/status in-review \r", ["status/in-review"]],
  ["/status\nin-review", ["status/in-review"]],
  ["/status   in-progress\r\n/status in-review", ["status/in-progress", "status/in-review"]],
  ["/status in-review\n/status in-review", ["status/in-review"]],
  ["/status in-review\n/status nonsense", ["status/in-review"]],
  ["/status in-progress in-review", []],
  ["/status In-Review", []],
  ["/status __proto__", []],
])("%j by a maintainer sets %j", async (body, labels) => {
  for (const kind of ["issue", "pr"] as const) {
    const issue = world(here)[kind]({ state: "closed", labels: ["status/in-progress"] });
    const effects = await playWith(milestonestatus, issue.comment("carol", body), issue.world, reads);
    expect(effects).toEqual(labels.length > 0 ? [{ do: "addLabels", issue: issue.ref, labels }] : []);
  }
});

test.each([
  ["bob", "/status in-progress"],
  ["bob", "/status nonsense"],
  ["carol-", "/status in-progress"],
  ["carol[bot]", "/status in-review\n/status in-progress"],
])("%s is no maintainer: %j is refused, once", async (by, body) => {
  const issue = world(here).issue();
  const event = issue.comment(by, body);
  expect(await playWith(milestonestatus, event, issue.world, reads)).toEqual([
    { do: "createComment", issue: issue.ref, body: REFUSED, marker: REFUSED, since: event.at },
  ]);
});

test.each([
  ["/status", "created"],
  ["/Status in-review", "created"],
  [" /status in-review", "created"],
  ["> /status in-review", "created"],
  ["/statusin-review", "created"],
  ["/status in-review", "edited"],
  ["/status in-review", "deleted"],
] as const)("nothing, and no request, for %j when it is %s", async (body, action) => {
  const issue = world(here).issue();
  const event = issue.comment("carol", body, { action });
  expect(await playWith(milestonestatus, event, issue.world, reads)).toEqual([]);
  expect(issue.world.reads).toEqual([]);
});
