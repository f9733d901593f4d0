import { describe, expect, it } from "vitest";
import { pluginsConfig } from "../../src/config/plugins-config.ts";
import type { GitHubRead } from "../../src/github/port.ts";
import { pluginHelp } from "../../src/hook/plugin-help.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { declarations } from "../../src/plugins/index.ts";

const help = pluginHelp({
  declared: declarations,
  plugins: () =>
    pluginsConfig({
      plugins: { acme: { plugins: ["size", "welcome"] } },
      external_plugins: {
        acme: [{ name: "needs-rebase", events: ["pull_request"] }, { name: "refresh" }, { name: "theirs" }],
        "acme/tool": [{ name: "greeter", probot: "./greeter.js", events: ["issues"] }],
      },
      sections: {},
    }),
  github: {
    repositories: async () => [{ full_name: "acme/tool" }],
  } as unknown as Pick<GitHubRead, "repositories">,
  web: () => Promise.reject(new Error("nobody answers")),
  clock: systemClock,
  log: silent,
});

describe("/plugin-help", () => {
  it("shows a plugin without handler as one", async () => {
    const { PluginHelp, RepoPlugins } = await help();
    expect(RepoPlugins![""]).toContain("golint");
    expect(PluginHelp!["golint"]!.Description).toBe(
      "Cutwater does not run this plugin yet: enabling it has no effect. The golint plugin runs golint on changes made to *.go files in a PR. It then creates a new review on the pull request and leaves golint warnings at the appropriate lines of code.",
    );
    expect(PluginHelp!["size"]!.Description).toMatch(/^The size plugin/);
  });

  it("tells what is configured once, or of each repository that has it enabled", async () => {
    const { PluginHelp } = await help();
    expect(Object.keys(PluginHelp!["size"]!.Config!)).toEqual([""]);
    expect(Object.keys(PluginHelp!["welcome"]!.Config!)).toEqual(["acme/tool"]);
    expect(PluginHelp!["blockade"]!.Config).toBeNull();
  });

  it("tells of the external plugins that are known and enabled", async () => {
    const { ExternalPluginHelp, PluginHelp, RepoExternalPlugins } = await help();
    expect(Object.keys(ExternalPluginHelp!)).toEqual(["greeter", "needs-rebase", "refresh"]);
    expect(ExternalPluginHelp!["needs-rebase"]).toMatchObject({ Events: ["pull_request"], Commands: [] });
    expect(ExternalPluginHelp!["refresh"]).toMatchObject({ Events: null, Commands: [{ Usage: "/refresh" }] });
    expect(PluginHelp!["refresh"]).toBeUndefined();
    expect(RepoExternalPlugins!["acme"]).toEqual(["needs-rebase", "refresh", "theirs"]);
  });

  it("tells of Probot apps what is known of them, also where nothing else is enabled", async () => {
    const { ExternalPluginHelp, RepoExternalPlugins } = await help();
    expect(RepoExternalPlugins!["acme/tool"]).toEqual(["greeter"]);
    expect(ExternalPluginHelp!["greeter"]).toEqual({
      Description: "The Probot app ./greeter.js, which runs in hook.",
      Config: null,
      Events: ["issues"],
      Commands: [],
    });
  });
});
