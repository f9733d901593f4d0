// Which jobs and pools a deck shows: Prow's rule for --show-hidden, --hidden-only and --tenant-id.
import { expect, test } from "vitest";
import type { TideSnapshot } from "../../src/model/tide-snapshot.ts";
import { deck, prowJob, storeOf } from "./deck.ts";

const job = (name: string, org: string, tenant?: string) =>
  prowJob({
    name,
    spec: {
      refs: { org, repo: "widgets", base_ref: "main" },
      ...(tenant && { prowjob_defaults: { tenant_id: tenant } }),
    },
  });

const jobs = storeOf([
  job("plain", "open"),
  job("default", "open", "GlobalDefaultID"),
  job("hidden", "secret"),
  job("tenant-a", "open", "a"),
  job("hidden-a", "secret", "a"),
  job("tenant-b", "open", "b"),
]);

const pool = (org: string, branch: string, tenantIDs: string[]) => ({
  ...{ org, repo: "widgets", branch, baseSHA: "", action: "WAIT", target: [], blockers: [], pulls: [] },
  tenantIDs,
});
const pools = [
  pool("open", "plain", []),
  pool("open", "default", ["GlobalDefaultID"]),
  pool("secret", "hidden", [""]),
  pool("open", "tenant-a", ["a"]),
  pool("secret", "hidden-a", ["a"]),
  pool("open", "tenants-a-and-b", ["a", "b"]),
];
const record = (tenantids: string[]) => ({ time: "", action: "MERGE" as const, tenantids });

test.each([
  [{}, ["plain", "default"]],
  [{ showHidden: true }, ["plain", "default", "hidden", "hidden-a"]],
  [{ hiddenOnly: true }, ["hidden", "hidden-a"]],
  [{ tenantIDs: ["a"] }, ["tenant-a", "hidden-a"]],
  [{ tenantIDs: ["b", "c"] }, ["tenant-b"]],
  [{ tenantIDs: ["GlobalDefaultID"] }, ["default"]],
])("%j shows the jobs %j", async (shows, expected) => {
  const get = deck({ deckConfig: { hidden_repos: ["secret"] }, jobs, ...shows });
  const { items } = (await (await get("/prowjobs.js")).json()) as { items: { metadata: { name: string } }[] };
  const names = items.map(({ metadata }) => metadata.name);
  expect(names.sort()).toEqual([...expected].sort());
});

test.each([
  [{}, ["plain", "default"]],
  [{ showHidden: true }, ["plain", "default", "hidden", "hidden-a"]],
  [{ hiddenOnly: true }, ["hidden", "hidden-a"]],
  [{ tenantIDs: ["a"] }, ["tenant-a", "hidden-a"]],
  [{ tenantIDs: ["a", "b"] }, ["tenant-a", "hidden-a", "tenants-a-and-b"]],
  [{ tenantIDs: ["GlobalDefaultID"] }, ["plain", "default"]],
])("%j shows the pools %j, and what tide did there", async (shows, expected) => {
  const get = deck({
    deckConfig: { hidden_repos: ["secret"] },
    tide: async () => ({ time: "", pools }) as TideSnapshot,
    tideHistory: async () =>
      Object.fromEntries(
        pools.map(({ org, branch, tenantIDs }) => [`${org}/widgets:${branch}`, [record(tenantIDs)]]),
      ),
    ...shows,
  });
  const told = (await (await get("/tide.js")).json()) as TideSnapshot;
  expect(told.pools.map(({ branch }) => branch)).toEqual(expected);
  const { History } = (await (await get("/tide-history.js")).json()) as { History: object };
  expect(Object.keys(History).map((key) => key.split(":")[1])).toEqual(expected);
});

test("a component that does not answer is told apart from one that deck was not told of", async () => {
  const down = async () => {
    throw new Error("ECONNREFUSED");
  };
  const broken = deck({ tide: down, tideHistory: down, pluginHelp: down });
  for (const [path, who] of [
    ["/tide.js", "Tide"],
    ["/plugin-help.js", "Hook"],
  ] as const) {
    const answer = await broken(path);
    expect([answer.status, await answer.text()]).toEqual([502, `${who} cannot be reached: ECONNREFUSED.`]);
  }
  for (const path of ["/tide", "/command-help", "/plugins"]) {
    const answer = await broken(path);
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringContaining("cannot be reached: ECONNREFUSED."),
    ]);
  }
  expect((await broken("/pr")).status).toBe(200);
  const untold = deck({});
  expect(await (await untold("/tide")).text()).toContain("--tide-url is not given");
  expect(await (await untold("/plugins")).text()).toContain("--hook-url is not given");
  expect(await (await untold("/tide.js")).json()).toEqual({});
});
