import { describe, expect, test } from "vitest";
import type { TideSnapshot } from "../../src/model/tide-snapshot.ts";
import { blobs, deck, prowJob, storeOf } from "./deck.ts";

const pool = (org: string) => ({
  ...{
    org,
    repo: "widgets",
    branch: "main",
    baseSHA: "",
    action: "WAIT" as const,
    target: [],
    blockers: [],
    tenantIDs: [],
  },
  pulls: [
    {
      ...{
        number: 1,
        title: `title of ${org}`,
        author: "a",
        headSHA: "",
        mergeable: "MERGEABLE",
        state: "none" as const,
      },
      ...{ inPool: false, reasons: [], missingJobs: [], contexts: [] },
    },
  ],
});
const snapshot: TideSnapshot = { time: "2026-11-23T11:59:50Z", pools: [pool("secret"), pool("open")] };
const help = {
  ...{
    AllRepos: ["secret/widgets", "open/widgets"],
    RepoPlugins: { "": ["hold"], secret: ["hold"], open: ["hold"] },
  },
  ...{ RepoExternalPlugins: null, ExternalPluginHelp: null },
  PluginHelp: {
    hold: {
      Description: "",
      Events: [],
      Commands: [],
      Config: { "secret/widgets": "x", "open/widgets": "y" },
    },
  },
};
const refs = (org: string) => ({
  org,
  repo: "widgets",
  base_ref: "main",
  pulls: [{ number: 1, author: "a", sha: "s" }],
});
const run = (org: string) => `gs://results/pr-logs/pull/${org}_widgets/1/unit/123`;
const results = (org: string) => ({
  [`${run(org)}/build-log.txt`]: { text: `log of ${org}`, contentType: "text/plain" },
  [`${run(org)}/prowjob.json`]: { text: JSON.stringify(prowJob({ spec: { refs: refs(org) } })) },
});

describe("hidden repositories", () => {
  const get = deck({
    deckConfig: { hidden_repos: ["secret"] },
    jobs: storeOf([prowJob({ name: "one", spec: { refs: refs("secret") } })]),
    storage: blobs({
      ...results("secret"),
      ...results("open"),
      "gs://results/logs/x/9/build-log.txt": { text: "whose?" },
      [`${run("secret")}/artifacts/logs/node/0/kubelet.log`]: { text: "log of secret, below" },
    }),
    tide: async () => snapshot,
    tideHistory: async () => ({ "secret/widgets:main": [], "open/widgets:main": [] }),
    pluginHelp: async () => help,
  });

  test.each([
    ...["/", "/tide", "/tide.js", "/tide-history.js", "/pr", "/pr-history?org=secret&repo=widgets&pr=1"],
    ...["/plugin-help.js", "/command-help", "/plugins", "/prowjobs.js", "/badge.svg?jobs=*"],
    ...["/log?job=unit&id=123", "/prowjob?prowjob=one", "/prowjob-view/one"],
    ...["build-log.txt", "prowjob.json", "artifacts/logs/node/0/kubelet.log"].map(
      (name) => `/artifact/gs/results/pr-logs/pull/secret_widgets/1/unit/123/${name}`,
    ),
    ...["/view", "/artifacts"].map((page) => `${page}/gs/results/pr-logs/pull/secret_widgets/1/unit/123`),
    ...["/artifacts/gs/results/pr-logs/pull", "/view/gs/results/logs/x/9"],
  ])("%s does not tell of them", async (path) => {
    // A page that is not there repeats what was asked for.
    const text = (await (await get(path)).text()).replace(/There is nothing at [^<]*/, "");
    expect(text.replaceAll("org=secret", "")).not.toMatch(
      /title of secret|log of secret|secret\/widgets:|"secret|whose\?|secret_widgets\//,
    );
  });

  test("others are shown as ever", async () => {
    expect(await (await get("/tide")).text()).toContain("title of open");
    const log = await get("/artifact/gs/results/pr-logs/pull/open_widgets/1/unit/123/build-log.txt");
    expect(await log.text()).toBe("log of open");
  });
});
