// needs-rebase: what events and the look at all pull requests lead to.
import { describe, expect, it, test } from "vitest";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Event } from "../../src/model/event.ts";
import type { PullRequest } from "../../src/model/github.ts";
import { formatSimple } from "../../src/model/reply.ts";
import { needsRebasePlugin } from "../../src/plugins/needs-rebase/handle.ts";
import { needsRebaseScopes, scan, scanSearches } from "../../src/plugins/needs-rebase/scan.ts";
import { pluginsOf } from "./plugins-yaml.ts";
import { BOT, type Issue, type IssueOptions, world } from "./world.ts";

const issue = { org: "acme", repo: "lib", number: 1 };
const body = formatSimple("PR needs rebase.");
const conflicts: Effect[] = [
  { do: "createComment", issue, body, marker: body },
  { do: "addLabels", issue, labels: ["needs-rebase"] },
];

async function reacts(pr: IssueOptions, make: (issue: Issue) => Event, cacheValidMs = 0): Promise<Effect[]> {
  const repo = world();
  return repo.play(needsRebasePlugin({ cacheValidMs }), make(repo.pr(pr)));
}

test("the words are Prow's", () => {
  expect(body).toBe(
    "PR needs rebase.\n\n<details>\n\nInstructions for interacting with me using PR comments are available [here](https://git.k8s.io/community/contributors/guide/pull-requests.md).  If you have questions or suggestions related to my behavior, please file an issue against the [kubernetes-sigs/prow](https://github.com/kubernetes-sigs/prow/issues/new?title=Prow%20issue:) repository.\n</details>",
  );
});

describe("an event", () => {
  test.each<[string, IssueOptions, (issue: Issue) => Event, Effect[]]>([
    ["a conflict", { mergeable: false }, (pr) => pr.event("synchronize"), conflicts],
    ["a conflict that is there at the start", { mergeable: false }, (pr) => pr.event("opened"), conflicts],
    ["a conflict that a comment tells of", { mergeable: false }, (pr) => pr.comment("bob", "hi"), conflicts],
    [
      "a comment that is edited",
      { mergeable: false },
      (pr) => pr.comment("bob", "hi", { action: "edited" }),
      conflicts,
    ],
    ["a known conflict", { mergeable: false, labels: ["needs-rebase"] }, (pr) => pr.event("reopened"), []],
    ["no conflict", { mergeable: true }, (pr) => pr.event("synchronize"), []],
    ["another action", { mergeable: false }, (pr) => pr.event("edited"), []],
    ["one that is closed", { mergeable: false, state: "closed" }, (pr) => pr.event("synchronize"), []],
    ["what is not known yet", { mergeable: null }, (pr) => pr.event("synchronize"), []],
    [
      "text that is no comment",
      { mergeable: false },
      (pr) => pr.comment("bob", "hi", { source: "pull_request_review" }),
      [],
    ],
  ])("%s", async (_, pr, make, effects) => {
    expect(await reacts(pr, make)).toEqual(effects);
  });

  it("on an issue is none of its business", async () => {
    const repo = world();
    const event = repo.issue().comment("bob", "hi");
    expect(await repo.play(needsRebasePlugin({ cacheValidMs: 0 }), event)).toEqual([]);
    expect(repo.reads).toEqual([]);
  });

  it("tells dependabot in its own words", async () => {
    const effects = await reacts({ mergeable: false, by: "dependabot[bot]" }, (pr) => pr.event("opened"));
    expect(effects[0]).toMatchObject({ body: formatSimple("rebase") });
  });

  it("takes away the label and what was said of it, but nobody else's words", async () => {
    const repo = world();
    const pr = repo.pr({ mergeable: true, labels: ["Needs-Rebase"] });
    const own = pr.addComment(BOT, body);
    pr.addComment("mallory", body);
    pr.addComment(BOT, "something else");
    expect(await repo.play(needsRebasePlugin({ cacheValidMs: 0 }), pr.event("synchronize"))).toEqual([
      { do: "deleteComment", repo: { org: "acme", repo: "lib" }, id: own.id },
      { do: "removeLabel", issue, label: "needs-rebase" },
    ]);
  });

  it("takes back what it told dependabot, so that it can tell it again", async () => {
    const repo = world();
    const pr = repo.pr({ mergeable: true, labels: ["needs-rebase"], by: "dependabot[bot]" });
    const own = pr.addComment(BOT, formatSimple("rebase"));
    pr.addComment(BOT, "This is not a rebase");
    pr.addComment(
      BOT,
      "@bob: no\n\n<details>\n\nIn response to [this](u):\n\n>PR needs rebase.\n\n</details>",
    );
    const effects = await repo.play(needsRebasePlugin({ cacheValidMs: 0 }), pr.event("synchronize"));
    expect(effects.filter(({ do: what }) => what === "deleteComment")).toEqual([
      { do: "deleteComment", repo: { org: "acme", repo: "lib" }, id: own.id },
    ]);
  });

  it("waits for GitHub to find out, and gives up on a head that has moved", async () => {
    const repo = world();
    const pr = repo.pr({ mergeable: null });
    const slept: number[] = [];
    const play = (answers: Partial<PullRequest>[]) => {
      const { context } = repo;
      const read = {
        ...context.read,
        issueLabels: async () => [],
        pullRequest: async () => ({ ...pr.pullRequest(), ...answers.shift() }),
      };
      const clock = { now: context.clock.now, sleep: async (ms: number) => void slept.push(ms) };
      return needsRebasePlugin({ cacheValidMs: 0 }).handle(pr.event("opened"), { ...context, read, clock });
    };
    expect(await play([{}, {}, { mergeable: false }])).toEqual(conflicts);
    expect(slept).toEqual([5000, 3000, 6000]);
    expect(
      await play([{}, { head: { ...pr.pullRequest().head, sha: "f".repeat(40) }, mergeable: false }]),
    ).toEqual([]);
    expect(await play([{ state: "closed", mergeable: false }])).toEqual([]);
  });

  it("looks again because of a comment only after a while, if so told", async () => {
    const repo = world();
    const pr = repo.pr({ mergeable: true });
    const plugin = needsRebasePlugin({ cacheValidMs: 60_000 });
    await repo.play(plugin, pr.comment("bob", "one"));
    const { length } = repo.reads;
    await repo.play(plugin, pr.comment("bob", "two"));
    expect(repo.reads).toHaveLength(length);
    await repo.play(plugin, pr.event("synchronize"));
    expect(repo.reads.length).toBeGreaterThan(length);
  });
});

describe("the look at all pull requests", () => {
  const NOW = new Date("2026-11-23T10:00:00Z");
  const open = "archived:false is:pr is:open";

  it("is of what plugins.yaml enables it for", () => {
    const plugins = pluginsOf(
      "external_plugins:\n  acme: [{name: needs-rebase}]\n  other: [{name: refresh}]\n  x/y: [{name: refresh}, {name: needs-rebase}]\n",
    );
    expect(needsRebaseScopes(plugins)).toEqual(["acme", "x/y"]);
  });

  test.each([
    [["acme"], false, [["acme", `${open} org:"acme"`]]],
    [["a/b", "c/d"], false, [["", `${open} repo:"a/b" repo:"c/d"`]]],
    [
      ["a/b", "c/d", "a/e"],
      true,
      [
        ["a", `${open} repo:"a/b" repo:"a/e"`],
        ["c", `${open} repo:"c/d"`],
      ],
    ],
    [["acme", "acme/lib", "odd/name/here"], false, [["acme", `${open} org:"acme"`]]],
    [
      ["kubernetes"],
      false,
      [
        ["kubernetes", `${open} org:"kubernetes" -repo:"kubernetes/kubernetes"`],
        ["kubernetes", `${open} repo:"kubernetes/kubernetes" created:>=2026-09-24`],
        ["kubernetes", `${open} repo:"kubernetes/kubernetes" created:<2026-09-24`],
      ],
    ],
  ])("%j (an App: %s)", (scopes, byOrg, searches) => {
    expect(scanSearches(scopes, NOW, byOrg).map(({ org, query }) => [org, query])).toEqual(searches);
  });

  const node = (number: number, mergeable: string, more = {}) => ({
    number,
    author: { login: "alice" },
    repository: { name: "lib", owner: { login: "acme" } },
    labels: { nodes: [{ name: "needs-rebase" }] },
    mergeable,
    state: "OPEN",
    ...more,
  });
  const page = (nodes: unknown[], endCursor: string | null = null) => ({
    search: { nodes, pageInfo: { hasNextPage: endCursor !== null, endCursor } },
  });
  const answering = (answer: (variables: Record<string, unknown>, org: string) => unknown) => ({
    log: silent,
    read: {
      graphql: async <T>(_query: string, variables: Record<string, unknown>, org: string) =>
        answer(variables, org) as T,
    },
  });

  it("reads all pages, and leaves out what is unknown, closed or no pull request", async () => {
    const found = await scan(
      [{ org: "acme", query: "q" }],
      answering(({ searchCursor }) =>
        searchCursor
          ? page([node(5, "MERGEABLE", { author: null, labels: null })])
          : page(
              [
                node(1, "CONFLICTING"),
                node(2, "UNKNOWN"),
                node(3, "MERGEABLE", { state: "MERGED" }),
                {},
                null,
              ],
              "next",
            ),
      ),
    );
    expect(found.map(({ issue: { number }, ...rest }) => ({ number, ...rest }))).toEqual([
      { number: 1, author: "alice", mergeable: false, hasLabel: true },
      { number: 5, author: "", mergeable: true, hasLabel: false },
    ]);
  });

  it("goes on after a search that fails, but not when all do", async () => {
    const searches = ["down", "up"].map((org) => ({ org, query: "q" }));
    const some = answering((_, org) => {
      if (org === "down") throw new Error("502");
      return page([node(1, "MERGEABLE")]);
    });
    expect(await scan(searches, some)).toHaveLength(1);
    await expect(scan(searches.slice(0, 1), some)).rejects.toThrow("502");
  });
});
