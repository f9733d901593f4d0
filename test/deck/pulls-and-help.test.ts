import { expect, test } from "vitest";
import { helpText } from "../../src/deck/help-text.ts";
import type { TideHistory } from "../../src/model/tide-snapshot.ts";
import { deck, prowJob, storeOf } from "./deck.ts";

const merge = {
  ...{ time: "2026-11-23T11:59:00Z", action: "MERGE" as const, tenantids: [] },
  target: [{ number: 7, author: "alice", sha: "a", title: "Fix the thing" }],
};
const pages = (history: TideHistory) =>
  deck({
    jobs: storeOf([prowJob()]),
    tide: async () => ({ time: "2026-11-23T11:59:50Z", pools: [] }),
    tideHistory: async () => history,
  });

test.each(["/pr", "/pr-history?org=acme&repo=widgets&pr=7"])("%s says what tide has merged", async (path) => {
  const text = async (history: TideHistory) => (await pages(history)(path)).text();
  expect(await text({ "acme/widgets:main": [merge] })).toContain("✓ merged");
  expect(await text({ "acme/widgets:main": [{ ...merge, err: "no" }] })).not.toContain("✓ merged");
  expect(await text({ "acme/widgets-2:main": [merge] })).not.toContain("✓ merged");
});

test("what tide did leads to the pull requests", async () => {
  const page = await (await pages({ "acme/widgets:main": [merge] })("/tide")).text();
  expect(page).toContain('href="/pr-history?org=acme&amp;repo=widgets&amp;pr=7"');
});

test("lists in help texts are lists; whatever else looks like markup is text", () => {
  const text = "Sizes:<ul>\n<li>XS: 0</li>\n<li>S: <b>10</b></li>\n</ul>";
  expect(String(helpText(text))).toBe("Sizes:<ul><li>XS: 0</li><li>S: &lt;b&gt;10&lt;/b&gt;</li></ul>");
});

test("a plugin's configuration is called that of here only where a repository is chosen", async () => {
  const config = { "": "for all", "acme/widgets": "for widgets" };
  const hold = { Description: "", Events: [], Commands: [], Config: config };
  const pluginHelp = async () => ({
    ...{ AllRepos: ["acme/widgets"], RepoPlugins: { acme: ["hold"] }, RepoExternalPlugins: null },
    ...{ PluginHelp: { hold }, ExternalPluginHelp: null },
  });
  const get = deck({ pluginHelp });
  const all = await (await get("/plugins")).text();
  expect(all).toContain("for all");
  expect(all).not.toContain("Here:");
  expect(await (await get("/plugins?repo=acme/widgets")).text()).toContain(
    "<strong>Here:</strong> for widgets",
  );
});

test("external plugins are shown with the others, where they are enabled", async () => {
  const command = { Usage: "/cherrypick", Featured: true, Description: "Picks.", WhoCanUse: "Anyone" };
  const picker = { Description: "", Events: [], Config: null, Commands: [{ ...command, Examples: [] }] };
  const pluginHelp = async () => ({
    ...{ AllRepos: ["acme/widgets", "acme/other"], RepoPlugins: {}, PluginHelp: {} },
    ...{ RepoExternalPlugins: { "acme/widgets": ["picker"] }, ExternalPluginHelp: { picker } },
  });
  const get = deck({ pluginHelp });
  for (const path of ["/command-help", "/command-help?repo=acme/widgets"])
    expect(await (await get(path)).text()).toContain("/cherrypick");
  expect(await (await get("/command-help?repo=acme/other")).text()).not.toContain("/cherrypick");
});

test("of two runs that began in the same second the one with the later build is the newest", async () => {
  const run = (name: string, build_id: string, state: "aborted" | "success") =>
    prowJob({ name, status: { build_id, state } });
  const jobs = storeOf([run("a-later", "1000", "success"), run("z-earlier", "999", "aborted")]);
  const page = await (await deck({ jobs })("/pr")).text();
  expect(page).toContain("/prowjob-view/a-later");
  expect(page).not.toContain("/prowjob-view/z-earlier");
});
