// Who may rerun a job: deck's configuration for its repository and cluster, then the job's own.
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { mayRerun } from "../../src/jobs/rerun-auth.ts";
import type { ProwJobSpec, RerunAuthConfig } from "../../src/model/prowjob.ts";

const asked = {
  isMember: async (org: string, login: string) => org === "acme" && login === "ann",
  isTeamMember: async (_org: string, team: string, login: string) => team === "ops" && login === "tom",
};
const may = (login: string, deck: object, own?: RerunAuthConfig, cluster = "default") => {
  const refs = { org: "acme", repo: "lib", base_ref: "main" };
  const spec = { type: "presubmit", job: "j", cluster, refs, rerun_auth_config: own } as ProwJobSpec;
  return mayRerun(login, spec, { deck } as Pick<Config, "deck">, asked);
};
const entries = (...list: [string, string, RerunAuthConfig][]) => ({
  default_rerun_auth_configs: list.map(([repo, cluster, rerun_auth_configs]) => ({
    repo,
    cluster,
    rerun_auth_configs,
  })),
});

test.each([
  ["anyone", { allow_anyone: true }, "eve", true],
  ["a user, whatever the case", { github_users: ["Eve"] }, "eve", true],
  ["a member of an org", { github_orgs: ["acme"] }, "ann", true],
  ["a member of a team", { github_team_slugs: [{ org: "acme", slug: "ops" }] }, "tom", true],
  ["nobody else", { github_users: ["x"], github_orgs: ["acme"] }, "eve", false],
  ["nobody by default", undefined, "ann", false],
] as const)("%s", async (_, auth, login, expected) => {
  expect(await may(login, {}, auth as RerunAuthConfig | undefined)).toBe(expected);
  if (auth) expect(await may(login, entries(["*", "*", auth as RerunAuthConfig]))).toBe(expected);
});

const eve = { github_users: ["eve"] };
test.each([
  [entries(["", "", eve]), true],
  [entries(["acme", "", eve]), true],
  [entries(["acme/lib", "*", eve]), true],
  [entries(["acme/other", "*", eve]), false],
  [entries(["*", "trusted", eve]), false],
  [entries(["*", "*", eve], ["acme/lib", "*", {}]), false],
  [entries(["acme/lib", "*", {}], ["*", "*", eve]), true],
  [{ rerun_auth_configs: { "*": {}, acme: eve } }, true],
  [{ rerun_auth_configs: { "*": eve, "acme/lib": {} } }, false],
] as const)(
  "the entry that counts is the last that matches, or the most specific of the old form: %j",
  async (deck, expected) => {
    expect(await may("eve", deck)).toBe(expected);
  },
);
