// blunderbuss: who is asked for a review, by the OWNERS files, chance and configuration.
import { describe, expect, test } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { StatusEvent } from "../../src/model/event.ts";
import { blunderbuss } from "../../src/plugins/blunderbuss.ts";
import { playWith } from "./with-reads.ts";
import { type IssueOptions, type Options, REPO, world } from "./world.ts";

const reviewers = (...names: string[]) => `reviewers: [${names.join(", ")}]\n`;
const approvers = (...names: string[]) => `approvers: [${names.join(", ")}]\n`;
const PEOPLE: Options = { owners: { skip_collaborators: ["acme"] } };

function pull(
  files: Record<string, string>,
  settings: object = {},
  pr: IssueOptions = {},
  more: Options = {},
) {
  return world({ ...PEOPLE, files, plugins: { blunderbuss: settings }, ...more }).pr({
    by: "author",
    ...pr,
  });
}
const asked = (effects: Effect[]) =>
  effects.flatMap((effect) => (effect.do === "requestReviews" ? effect.logins : [effect.do]));

describe("who is asked", () => {
  const NESTED = {
    "c/OWNERS": reviewers("cole", "carl", "chad"),
    OWNERS: reviewers("charles"),
    "c/d/OWNERS": "labels: [x]\n",
  };
  const DUPLICATES = { "e/OWNERS": reviewers("erick", "ellen"), OWNERS: reviewers("erick", "evan") };
  const TWO = {
    "a/OWNERS": `${reviewers("alice")}required_reviewers: [ben]\n`,
    "b/OWNERS": reviewers("bob"),
    OWNERS: reviewers("al"),
  };
  test.each([
    ["all of the closest", NESTED, ["c/c.go"], { request_count: 3 }, ["carl", "chad", "cole"]],
    ["then those above", NESTED, ["c/d/c.go"], { request_count: 4 }, ["carl", "chad", "cole", "charles"]],
    ["no more than there are", NESTED, ["c/c.go"], { request_count: 9 }, ["carl", "chad", "cole", "charles"]],
    [
      "one for each OWNERS file, and who must",
      TWO,
      ["a/a", "b/b"],
      { request_count: 1 },
      ["alice", "bob", "ben"],
    ],
    ["more from above", TWO, ["a/a", "b/b"], { request_count: 3 }, ["alice", "bob", "al", "ben"]],
    [
      "who must, above the limit",
      TWO,
      ["a/a", "b/b"],
      { request_count: 1, max_request_count: 1 },
      ["alice", "ben"],
    ],
    ["two by default", DUPLICATES, ["e/e"], {}, ["ellen", "erick"]],
    ["nobody twice", DUPLICATES, ["e/e", "e/f"], { request_count: 3 }, ["ellen", "erick", "evan"]],
    ["not the author", { OWNERS: reviewers("Author", "other") }, ["f"], {}, ["other"]],
    [
      "approvers where reviewers are too few",
      { OWNERS: reviewers("r") + approvers("a", "r") },
      ["f"],
      {},
      ["r", "a"],
    ],
    [
      "not approvers when excluded",
      { OWNERS: reviewers("r") + approvers("a") },
      ["f"],
      { exclude_approvers: true },
      ["r"],
    ],
    [
      "the closest approvers first",
      { "g/OWNERS": approvers("xena", "yves"), OWNERS: approvers("zoe") },
      ["g/g"],
      { request_count: 3, max_request_count: 2 },
      ["xena", "yves"],
    ],
    ["nobody", {}, ["f"], {}, []],
  ] as const)("%s", async (_name, files, paths, settings, expected) => {
    const pr = pull(files, settings, { files: [...paths] });
    const effects = await pr.world.play(blunderbuss, pr.event("opened"));
    expect(asked(effects)).toEqual(expected);
    if (expected.length > 0)
      expect(effects).toEqual([{ do: "requestReviews", issue: pr.ref, logins: expected }]);
  });

  test("chance decides among equals", async () => {
    const seen = new Set<string>();
    for (const chance of [0, 0.34, 0.67, 0.999]) {
      const pr = pull(NESTED, { request_count: 1 }, { files: ["c/c"] }, { random: () => chance });
      seen.add(asked(await pr.world.play(blunderbuss, pr.event("opened"))).join());
    }
    expect([...seen]).toEqual(["carl", "chad", "cole"]);
  });

  test("non-collaborators are not asked, unless OWNERS files alone count", async () => {
    const files = { OWNERS: reviewers("in", "out") };
    const pr = pull(files, {}, {}, { owners: {}, collaborators: ["in"] });
    expect(asked(await pr.world.play(blunderbuss, pr.event("opened")))).toEqual(["in"]);
  });

  test("whoever is busy is passed over, and asked about once", async () => {
    const pr = pull({ OWNERS: reviewers("busy-user", "free", "broken") }, { use_status_availability: true });
    const questions: string[] = [];
    const graphql = (_query: string, { user }: { user: string }) => {
      questions.push(user);
      if (user === "broken") return new GitHubError(502, "no");
      return { user: { status: user === "free" ? null : { indicatesLimitedAvailability: true } } };
    };
    const effects = await playWith(blunderbuss, pr.event("opened"), pr.world, { graphql });
    expect(asked(effects)).toEqual(["broken", "free"]);
    expect(questions.sort()).toEqual(["broken", "busy-user", "free"]);
  });

  test("when everybody is busy nobody is asked", async () => {
    const pr = pull({ OWNERS: reviewers("a", "b") + approvers("c") }, { use_status_availability: true });
    const graphql = () => ({ user: { status: { indicatesLimitedAvailability: true } } });
    expect(await playWith(blunderbuss, pr.event("opened"), pr.world, { graphql })).toEqual([]);
  });
});

describe("when", () => {
  const OWNERS = { OWNERS: reviewers("al") };
  test.each([
    ["opened", {}, {}, ["al"]],
    ["ready_for_review", {}, {}, ["al"]],
    ["reopened", {}, {}, []],
    ["synchronize", {}, {}, []],
    ["closed", {}, {}, []],
    ["opened", {}, { body: "/cc" }, []],
    ["opened", {}, { body: "text\n/cc @bob" }, []],
    ["opened", {}, { body: "/auto-cc" }, ["al"]],
    ["opened", { wait_for_status: {} }, {}, []],
    ["opened", { ignore_drafts: true }, { draft: true }, []],
    ["opened", {}, { draft: true }, ["al"]],
    ["opened", { ignore_drafts: true }, {}, ["al"]],
    ["opened", { ignore_authors: ["author"] }, {}, []],
    ["opened", { ignore_authors: ["other"] }, {}, ["al"]],
  ] as const)("%s with %j, %j: %j", async (action, settings, options, expected) => {
    const pr = pull(OWNERS, settings, options);
    expect(asked(await pr.world.play(blunderbuss, pr.event(action)))).toEqual(expected);
  });

  test.each([
    ["/auto-cc", {}, {}, ["al"]],
    ["/AUTO-CC \r\n", {}, {}, ["al"]],
    ["/auto-cc please", {}, {}, []],
    ["/automatic-review", {}, {}, []],
    ["/auto-cc", { ignore_drafts: true, ignore_authors: ["author"] }, { draft: true, body: "/cc" }, ["al"]],
    ["/auto-cc", { wait_for_status: {} }, {}, ["al"]],
    ["/auto-cc", {}, { state: "closed" }, []],
  ] as const)("%j with %j on %j: %j", async (body, settings, options, expected) => {
    const pr = pull(OWNERS, settings, options);
    expect(asked(await pr.world.play(blunderbuss, pr.comment("bob", body)))).toEqual(expected);
  });

  test("an edited comment, and one on an issue, ask nobody", async () => {
    const pr = pull(OWNERS);
    const edited = pr.comment("bob", "/auto-cc", { action: "edited" });
    expect(await pr.world.play(blunderbuss, edited)).toEqual([]);
    const issue = world().issue();
    expect(await issue.world.play(blunderbuss, issue.comment("bob", "/auto-cc"))).toEqual([]);
  });
});

describe("a status that is waited for", () => {
  const READY = "Not mergeable. Needs lgtm label.";
  const status = (sha: string, more: Partial<StatusEvent> = {}): StatusEvent => ({
    kind: "status",
    guid: "g",
    repo: REPO,
    sender: { login: "tide" },
    sha,
    context: "tide",
    state: "pending",
    description: READY,
    ...more,
  });
  const small = (settings: object = { wait_for_status: {} }, options: IssueOptions = {}) =>
    pull({ OWNERS: reviewers("al") }, settings, options);
  const finds = (...numbers: number[]) => ({
    searchIssues: () => ({ total: numbers.length, items: numbers.map((number) => ({ number })) }),
  });

  test.each([
    [{}, {}, ["al"]],
    [{ description: "Not mergeable. Needs approved, lgtm labels." }, {}, ["al"]],
    [{ description: "Not mergeable. Job unit has not succeeded." }, {}, []],
    [{ description: "" }, {}, []],
    [{ state: "success" }, {}, []],
    [{ context: "unit" }, {}, []],
    [{}, { ignore_drafts: true }, []],
    [{}, { ignore_authors: ["author"] }, []],
  ] as const)("%j with %j asks %j", async (event, settings, expected) => {
    const pr = small({ wait_for_status: {}, ...settings }, { draft: true });
    const effects = await playWith(blunderbuss, status(pr.headSHA, event), pr.world, finds(1));
    expect(asked(effects)).toEqual(expected);
  });

  test("asks the search for open pull requests of the commit", async () => {
    const pr = small();
    const queries: string[] = [];
    const searchIssues = (query: string) => {
      queries.push(query);
      return { total: 0, items: [] };
    };
    await playWith(blunderbuss, status(pr.headSHA), pr.world, { searchIssues });
    expect(queries).toEqual([`${pr.headSHA} repo:acme/lib type:pr state:open`]);
  });

  test("is ignored when it is none of the head, or somebody is asked already, or nothing is waited for", async () => {
    const pr = small();
    expect(await playWith(blunderbuss, status("0".repeat(40)), pr.world, finds(1))).toEqual([]);
    const pullRequest = () => ({ ...pr.pullRequest(), requested_reviewers: [{ login: "zoe" }] });
    const answers = { ...finds(1), pullRequest };
    expect(await playWith(blunderbuss, status(pr.headSHA), pr.world, answers)).toEqual([]);
    const without = small({});
    expect(await playWith(blunderbuss, status(without.headSHA), without.world, finds(1))).toEqual([]);
  });

  test("one pull request that can not be read does not keep another from being reviewed", async () => {
    const pr = small();
    const pullRequest = ({ number }: { number: number }) =>
      number === 1 ? pr.pullRequest() : new GitHubError(502, "no");
    const answers = { ...finds(7, 1), pullRequest };
    expect(asked(await playWith(blunderbuss, status(pr.headSHA), pr.world, answers))).toEqual(["al"]);
  });
});
