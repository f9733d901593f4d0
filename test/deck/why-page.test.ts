// The story of a pull request as a page: complete, escaped, without what is hidden.
import { expect, test } from "vitest";
import type { Entry } from "../../src/record/port.ts";
import { deck, prowJob, storeOf } from "./deck.ts";

const entry = (what: string, more: Partial<Entry> = {}): Entry => ({
  ...{ at: "2026-11-23T11:59:00Z", kind: "effect", what, component: "hook", guid: "g1" },
  ...{ org: "acme", repo: "widgets", pulls: [7], ...more },
});
const story: Entry[] = [
  entry("commented: <script>alert(1)</script>", { kind: "event", act: "issue_comment", actor: "alice" }),
  entry("add labels lgtm to acme/widgets#7", { plugin: "lgtm" }),
  entry("nothing to do for hold", { kind: "pass" }),
  entry("create ProwJob", { error: "forbidden <b>" }),
  entry("set status secret-unit", {
    component: "crier",
    guid: undefined,
    prowjob: "pj-1",
    job: "secret-unit",
  }),
  entry("set status tide of acme/widgets@1 to pending: Needs lgtm label.", {
    ...{ component: "tide", guid: undefined, act: "createStatus", because: ["Needs lgtm label."] },
  }),
];
const reads = (entries: Entry[], asked: number[] = []) => ({
  async pull(_of: unknown, limit: number) {
    asked.push(limit);
    return entries.slice(-limit);
  },
});
const PATH = "/why?org=acme&repo=widgets&pr=7";
const textOf = async (get: ReturnType<typeof deck>, path = PATH) => (await get(path)).text();

test("tells the event, what came of it and how things stand, all of it escaped", async () => {
  const page = await textOf(deck({ record: reads(story) }));
  expect(page).toContain("Not merged: Needs lgtm label.");
  expect(page).toContain("alice commented: &lt;script&gt;");
  expect(page).toContain("add labels lgtm");
  expect(page).toContain("forbidden &lt;b&gt;");
  expect(page).not.toMatch(/<script>alert|forbidden <b>|nothing to do for hold/);
  expect(await textOf(deck({ record: reads(story) }), `${PATH}&v=1`)).toContain("nothing to do for hold");
});

test("older entries are asked for by a link, up to a bound", async () => {
  const asked: number[] = [];
  const many = Array.from({ length: 6000 }, (_, n) =>
    entry(`add labels l${n} to acme/widgets#7`, { guid: `g${n}` }),
  );
  const get = deck({ record: reads(many, asked) });
  expect(await textOf(get)).toContain("limit=1200");
  expect(await textOf(get, `${PATH}&limit=999999999`)).not.toContain(">Older<");
  expect(asked).toEqual([300, 5000]);
});

test.each([
  ["a hidden repository, however it is spelled", { deckConfig: { hidden_repos: ["acme/widgets"] } }, "ACME"],
  ["a hidden repository", { deckConfig: { hidden_repos: ["acme"] } }, "acme"],
  ["another tenant's", { tenantIDs: ["somebody"] }, "acme"],
])("has nothing of %s", async (_name, options, org) => {
  const page = await textOf(deck({ ...options, record: reads(story) }), PATH.replace("acme", org));
  expect(page).toContain("The record has nothing about it.");
  expect(page).not.toContain("lgtm");
});

test("leaves out a hidden job of a repository that is shown", async () => {
  const jobs = storeOf([prowJob({ name: "pj-1", spec: { hidden: true } })]);
  expect(await textOf(deck({ record: reads(story) }))).toContain("secret-unit");
  expect(await textOf(deck({ record: reads(story), jobs }))).not.toContain("secret-unit");
});

test("says what keeps it from telling, and what to do", async () => {
  expect(await textOf(deck())).toContain("start it with --record=redis://");
  const record = { pull: () => Promise.reject(new Error("Redis is <away>")) };
  expect(await textOf(deck({ record }))).toContain("The record cannot be read: Redis is &lt;away&gt;.");
  expect((await deck({ record })("/why?org=acme&repo=..%2Fx&pr=7")).status).toBe(404);
});

test("asks of which pull request, and takes its short name and its address", async () => {
  const get = deck({ record: reads(story) });
  const empty = await get("/why");
  expect(empty.status).toBe(200);
  expect(await empty.text()).toMatch(/<form[^>]* action="\/why">.*<input name="of" value=""/);
  for (const of of ["acme/widgets#7", " https://github.com/acme/widgets/pull/7"]) {
    const answer = await get(`/why?of=${encodeURIComponent(of)}`);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, PATH]);
  }
  const wrong = await get("/why?of=%22%3E%3Cb%3E");
  expect(wrong.status).toBe(404);
  expect(await wrong.text()).toContain('value="&quot;&gt;&lt;b&gt;"');
});

test("shows the beginning of a long id, and the whole of it on hover; texts are no Markdown", async () => {
  const guid = "d76ef3f6-84b9-49b5-a477-57bbf38b3f83";
  const said = [
    entry("opened the pull request", { kind: "event", act: "pull_request", guid }),
    entry("comment on acme/widgets#7: This PR is **NOT APPROVED**", { act: "createComment", guid }),
  ];
  const page = await textOf(deck({ record: reads(said) }));
  expect(page).toContain(`pull_request <span title="${guid}">d76ef3f6</span>`);
  expect(page).toContain("This PR is NOT APPROVED");
});

test("pages about a pull request lead there", async () => {
  const page = await textOf(deck({ jobs: storeOf([prowJob()]) }), "/pr-history?org=acme&repo=widgets&pr=7");
  expect(page).toContain('href="/why?org=acme&amp;repo=widgets&amp;pr=7"');
});
