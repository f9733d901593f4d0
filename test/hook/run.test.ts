// The whole component: a webhook comes in by HTTP, plugins act, and stopping loses nothing.
import { createHmac } from "node:crypto";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { pluginsConfig } from "../../src/config/plugins-config.ts";
import type { GitHubRead } from "../../src/github/port.ts";
import { type HookDeps, runHook } from "../../src/hook/run.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Plugin } from "../../src/plugins/plugin.ts";
import { sqliteQueue } from "../../src/queue/sqlite/sqlite.ts";
import { body, comment, issue } from "./payloads.ts";

const greet: Plugin = {
  name: "greet",
  on: ["comment"],
  description: "Greets.",
  commands: [
    {
      usage: "/greet",
      description: "Greets.",
      whoCanUse: "Anyone",
      featured: true,
      examples: ["/greet", "/greet all"],
    },
  ],
  explain: (_, { repo }) => (repo ? `Greets in ${repo}.` : ""),
  handle: async (event) => [
    { do: "createComment", issue: { ...event.repo, number: 7 }, body: `hello ${event.guid}` },
  ],
};

async function running(
  test: (url: string, applied: Effect[], stop: AbortController) => Promise<void>,
  more: Partial<HookDeps> = {},
) {
  const applied: Effect[] = [];
  const github = {
    botLogin: async () => "robot",
    repositories: async () => [{ full_name: "acme/tool" }, { full_name: "acme/app" }],
  } as unknown as GitHubRead;
  const queue = sqliteQueue({ file: ":memory:", clock: systemClock });
  const outside = sqliteQueue({ file: ":memory:", clock: systemClock });
  const stop = new AbortController();
  const listening = Promise.withResolvers<number>();
  const run = runHook(
    {
      all: [greet],
      declared: [greet],
      config: () => ({}) as Config,
      plugins: () =>
        pluginsConfig({
          plugins: { acme: { plugins: ["greet"] }, "x/y": { plugins: ["size"] } },
          sections: {},
        }),
      reader: () => github,
      github,
      kube: {} as KubeRead,
      apply: async (effects) => void applied.push(...effects),
      clock: systemClock,
      random: () => 0,
      web: fetch,
      localFile: async () => "",
      log: silent,
      metrics: new Registry(),
      queue,
      outside,
      secrets: async () => ({ token: "s" }),
      role: "all",
      host: "127.0.0.1",
      port: 0,
      webhookPath: "/hook",
      concurrency: 4,
      maxAttempts: 3,
      onListening: listening.resolve,
      ...more,
    },
    stop.signal,
  );
  try {
    const port = await Promise.race([listening.promise, run.then(() => 0)]);
    await test(`http://127.0.0.1:${port}`, applied, stop);
  } finally {
    stop.abort();
    await run;
    await Promise.all([queue.close(), outside.close()]);
  }
}

function deliver(url: string, guid: string, text: string): Promise<Response> {
  return fetch(`${url}/hook`, {
    method: "POST",
    body: text,
    headers: {
      "x-github-event": "issue_comment",
      "x-github-delivery": guid,
      "x-hub-signature-256": `sha256=${createHmac("sha256", "s").update(text).digest("hex")}`,
      "content-type": "application/json",
    },
  });
}
const commented = body({ action: "created", issue, comment });

describe("runHook", () => {
  it("acts on a comment, once for each delivery however often it comes", () =>
    running(async (url, applied) => {
      await Promise.all([1, 2, 3].map(() => deliver(url, "g1", commented)));
      expect((await deliver(url, "g2", commented)).status).toBe(200);
      while (applied.length < 2) await systemClock.sleep(5);
      await systemClock.sleep(20);
      expect(applied.map((effect) => "body" in effect && effect.body)).toEqual(["hello g1", "hello g2"]);
    }));

  it("ends what it was doing before it stops", async () => {
    const done: number[] = [];
    const begun = Promise.withResolvers<void>();
    await running(
      async (url) => {
        await deliver(url, "g1", commented);
        await begun.promise;
      },
      {
        async apply() {
          begun.resolve();
          await systemClock.sleep(30);
          done.push(1);
        },
      },
    );
    expect(done).toEqual([1]);
  });

  it("takes webhooks until whoever sends them has heard that it is to stop, and then no more", () =>
    running(
      async (url, _, stop) => {
        await deliver(url, "g1", commented);
        stop.abort();
        const late = await deliver(url, "g2", commented);
        expect([late.status, late.headers.get("connection")]).toEqual([200, "close"]);
        await systemClock.sleep(500);
        await expect(deliver(url, "g3", commented)).rejects.toThrow("fetch failed");
      },
      { lingerMs: 250 },
    ));

  it("serves the plugins' help in Prow's shape", () =>
    running(async (url) => {
      const response = await fetch(`${url}/plugin-help`);
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(await response.json()).toEqual({
        AllRepos: ["acme/app", "acme/tool", "x/y"],
        RepoPlugins: { "": ["greet"], acme: ["greet"], "x/y": ["size"] },
        RepoExternalPlugins: { "": [] },
        PluginHelp: {
          greet: {
            Description: "Greets.",
            Config: { "acme/tool": "Greets in tool.", "acme/app": "Greets in app." },
            Events: ["GenericCommentEvent (any event for user text)"],
            Commands: [
              {
                Usage: "/greet",
                Featured: true,
                Description: "Greets.",
                Examples: ["/greet", "/greet all"],
                WhoCanUse: "Anyone",
              },
            ],
          },
        },
        ExternalPluginHelp: {},
      });
      expect((await fetch(`${url}/plugin-help`, { method: "POST" })).status).toBe(405);
      expect((await fetch(url)).status).toBe(200);
    }));

  it("puts the help together once for all who ask at about the same time", () => {
    let made = 0;
    const explain = () => {
      made += 1;
      return "";
    };
    return running(
      async (url) => {
        const ask = async () => (await fetch(`${url}/plugin-help`)).status;
        expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
        expect(await ask()).toBe(200);
        expect(made).toBe(2);
      },
      { declared: [{ ...greet, explain }] },
    );
  });

  it("says when its port is taken", () =>
    running(async (url) => {
      await expect(running(async () => {}, { port: Number(new URL(url).port) })).rejects.toThrow(
        "EADDRINUSE",
      );
    }));
});
