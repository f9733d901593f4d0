// refresh: which jobs of deck's list are reported again.
import { describe, expect, it, test } from "vitest";
import type { Effect } from "../../src/model/effect.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { refreshPlugin } from "../../src/plugins/refresh/handle.ts";
import { type Issue, type IssueOptions, world } from "./world.ts";

const HEAD = "1".repeat(40);

function job(name: string, startTime: string, more: Record<string, unknown> = {}): ProwJob {
  return {
    metadata: { name: `${name}-${startTime}` },
    spec: {
      type: "presubmit",
      agent: "kubernetes",
      job: name,
      report: true,
      refs: { org: "acme", repo: "lib", pulls: [{ number: 1, sha: HEAD, author: "alice" }] },
      ...more,
    },
    status: { state: "success", startTime },
  } as ProwJob;
}

interface Played {
  reported: string[];
  asked: string[];
  effects: Effect[];
}

async function play(
  answer: (url: string) => Response | Promise<Response>,
  pr: IssueOptions = {},
  make: (pr: Issue) => ReturnType<Issue["comment"]> = (issue) => issue.comment("bob", "/refresh"),
): Promise<Played> {
  const asked: string[] = [];
  const reported: string[] = [];
  const web = (async (url: string) => {
    asked.push(url);
    return answer(url);
  }) as typeof fetch;
  const repo = world({ web });
  const plugin = refreshPlugin({
    prowURL: "https://prow.test/",
    async report(jobs) {
      reported.push(...jobs.map(({ metadata }) => metadata.name));
      return [];
    },
  });
  const effects = await repo.play(plugin, make(repo.pr(pr)));
  return { reported, asked, effects };
}

const list =
  (...items: unknown[]) =>
  () =>
    Response.json({ items });

describe("/refresh", () => {
  it("reports the newest run of each job at the head", async () => {
    const refs = (more: object, pull: object = {}) => ({
      refs: { org: "acme", repo: "lib", pulls: [{ number: 1, sha: HEAD, ...pull }], ...more },
    });
    const { reported, asked } = await play(
      list(
        job("unit", "2026-11-23T10:00:00Z"),
        job("unit", "2026-11-23T11:00:00Z"),
        job("unit", "2026-11-23T09:00:00Z"),
        job("lint", "2026-11-23T10:00:00Z"),
        job("post", "2026-11-23T10:00:00Z", { type: "postsubmit" }),
        job("silent", "2026-11-23T10:00:00Z", { report: false }),
        job("old", "2026-11-23T10:00:00Z", refs({}, { sha: "2".repeat(40) })),
        job("other-pr", "2026-11-23T10:00:00Z", refs({}, { number: 2 })),
        job("other-repo", "2026-11-23T10:00:00Z", refs({ repo: "other" })),
        job("jenkins", "2026-11-23T10:00:00Z", { agent: "jenkins" }),
        job("no-refs", "2026-11-23T10:00:00Z", { refs: null }),
        "what is this",
        { metadata: {}, spec: null, status: {} },
      ),
    );
    expect(reported).toEqual(["lint-2026-11-23T10:00:00Z", "unit-2026-11-23T11:00:00Z"]);
    expect(asked).toEqual(["https://prow.test/prowjobs.js?omit=annotations,decoration_config,pod_spec"]);
  });

  it("of a pull request without jobs reports nothing", async () => {
    expect((await play(list())).reported).toEqual([]);
    expect((await play(() => Response.json({ items: null }))).reported).toEqual([]);
  });

  test.each<[string, IssueOptions, (pr: Issue) => ReturnType<Issue["comment"]>]>([
    ["another comment", {}, (pr) => pr.comment("bob", "please /refresh")],
    ["a closed pull request", { state: "closed" }, (pr) => pr.comment("bob", "/refresh")],
    ["an edit", {}, (pr) => pr.comment("bob", "/refresh", { action: "edited" })],
    ["an issue", {}, (pr) => pr.comment("bob", "/refresh", { isPR: false })],
  ])("%s asks for nothing", async (_, pr, make) => {
    expect((await play(list(), pr, make)).asked).toEqual([]);
  });

  test.each<[string, () => Response | Promise<Response>, string, unknown]>([
    ["does not answer", () => Promise.reject(new Error("ECONNREFUSED")), "deck does not answer", 0],
    ["answers with an error", () => new Response("no", { status: 503 }), "status code not 2XX: 503", 503],
    ["answers with something else", () => Response.json({ items: 1 }), "it has no items", undefined],
    ["answers with a page", () => new Response("<html>"), "JSON", undefined],
  ])("when deck %s says so", async (_, answer, message, status) => {
    const failed = await play(answer).then(
      () => undefined,
      (error: Error & { status?: number }) => error,
    );
    expect(failed?.message).toContain(message);
    expect(failed?.status).toBe(status);
  });
});
