// Buttons of check runs: Re-run and Cancel, who may press them, and what comes of a press that means nothing.
import { describe, expect, test } from "vitest";
import type { KubeRead } from "../../src/kube/port.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { CheckEvent } from "../../src/model/event.ts";
import type { CheckRun } from "../../src/model/github.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { trigger } from "../../src/plugins/trigger.ts";
import { type Issue, type Options, REPO, world } from "./world.ts";

const base: Options = {
  members: ["alice", "bob"],
  presubmits: [
    { name: "unit", always_run: true },
    { name: "e2e", always_run: false, optional: true },
    { name: "release", always_run: false, branches: ["release"] },
  ],
};

interface More {
  bot?: string;
  checkRuns?: Partial<CheckRun>[];
  deck?: object;
  reports?: object;
  found?: number[];
}

/** A pull request with a job, and what trigger makes of an event about its check run. */
function scene(options: Parameters<typeof world>[0] = base, pull: Parameters<Issue["world"]["pr"]>[0] = {}) {
  const pr = world(options).pr(pull);
  const jobs = new Map<string, ProwJob>();
  const job = (name: string, state: ProwJob["status"]["state"], spec: Partial<ProwJob["spec"]> = {}) => {
    const refs = { ...REPO, base_ref: "main", pulls: [{ number: 1, author: pr.author, sha: pr.headSHA }] };
    jobs.set(name, {
      apiVersion: "prow.k8s.io/v1",
      kind: "ProwJob",
      metadata: { name, namespace: "prowjobs", resourceVersion: "5" },
      spec: { type: "presubmit", job: "unit", context: "unit", refs, ...spec },
      status: { state },
    });
  };
  const press = async (event: Partial<CheckEvent>, more: More = {}): Promise<Effect[]> => {
    const { context } = pr.world;
    const read = new Proxy(context.read, {
      get: (target, name, receiver) => {
        if (name === "checkRuns") return async () => more.checkRuns ?? [];
        if (name === "searchIssues")
          return async () => ({ total: 1, items: (more.found ?? []).map((number) => ({ number })) });
        return Reflect.get(target, name, receiver);
      },
    });
    const kube = { ...context.kube, get: async (_: unknown, __: string, name: string) => jobs.get(name) };
    return trigger.handle(
      {
        ...{ kind: "check", guid: "g", repo: REPO, sender: { login: "bob" }, action: "rerequested" },
        ...{ sha: pr.headSHA, app: "ci", run: { name: "unit", externalId: "job-1" }, pulls: [] },
        ...event,
      },
      {
        ...context,
        ...{ read, kube: kube as unknown as KubeRead, bot: more.bot ?? "ci[bot]" },
        config: {
          ...context.config,
          deck: more.deck ?? {},
          github_reporter: { reports: { "*": "checks" } },
        } as never,
      },
    );
  };
  return { pr, job, press };
}

const started = (effects: Effect[]): string[] =>
  effects.flatMap((effect) => (effect.do === "createProwJob" ? [effect.job.spec.job] : [effect.do]));
const cancel = { action: "requested_action", identifier: "cancel" } as const;

describe("Re-run", () => {
  test("starts the job of that context again, as /test does", async () => {
    const { job, press } = scene();
    job("job-1", "failure");
    const effects = await press({});
    expect(started(effects)).toEqual(["unit"]);
    const { job: created } = effects[0] as unknown as { job: ProwJob };
    expect(created.metadata.labels).toMatchObject({ "prow.k8s.io/retest": "true", "event-GUID": "g" });
    expect(created.spec.refs?.pulls).toMatchObject([{ number: 1 }]);
    expect(
      (await press({})).map((effect) => effect.do === "createProwJob" && effect.job.metadata.name),
    ).toEqual([created.metadata.name]);
  });

  test.each([
    ["the payload", { pulls: [1] }, {}],
    ["a search", {}, { found: [1] }],
  ] as const)("finds the pull request by %s once the job is cleaned up", async (_, event, more) => {
    const { press } = scene();
    expect(
      started(await press({ ...event, pulls: "pulls" in event ? [...event.pulls] : [] }, more as More)),
    ).toEqual(["unit"]);
    expect(await press({}, { found: [] })).toEqual([]);
  });

  test("of a suite starts all that ours has, and no other App's", async () => {
    const { job, press } = scene();
    job("job-1", "failure");
    job("job-2", "success", { job: "e2e", context: "e2e" });
    const checkRuns = [
      { app: "ci", name: "unit", external_id: "job-1" },
      { app: "ci", name: "e2e", external_id: "job-2" },
      { app: "ci", name: "gone", external_id: "job-3" },
      { app: "other", name: "release", external_id: "job-1" },
    ];
    expect(started(await press({ action: "suite", run: undefined as never }, { checkRuns }))).toEqual([
      "unit",
      "e2e",
    ]);
  });

  test("does nothing for a head that is no more, a closed pull request, or a branch without that job", async () => {
    const { job, press } = scene();
    job("job-1", "failure");
    expect(await press({ sha: "f".repeat(40) })).toEqual([]);
    expect(await press({ run: { name: "release", externalId: "job-1" } })).toEqual([]);
    const closed = scene(base, { state: "closed" });
    closed.job("job-1", "failure");
    expect(await closed.press({})).toEqual([]);
  });

  test("is refused to who may not /test, once, on the pull request", async () => {
    const { job, press } = scene(base, { by: "mallory" });
    job("job-1", "failure");
    const effects = await press({ sender: { login: "mallory" } });
    const body =
      "@mallory: Cannot trigger testing until a trusted user reviews the PR and leaves an `/ok-to-test` message.";
    expect(effects).toEqual([{ do: "createComment", issue: { ...REPO, number: 1 }, body, marker: body }]);
    expect(started(await press({ sender: { login: "bob" } }))).toEqual(["unit"]);
  });

  test("is anybody's on a trusted pull request, and theirs whom rerun_auth_config names", async () => {
    const trusted = scene(base, { by: "mallory", labels: ["ok-to-test"] });
    trusted.job("job-1", "failure");
    expect(started(await trusted.press({ sender: { login: "eve" } }))).toEqual(["unit"]);
    const named = scene(base, { by: "mallory" });
    named.job("job-1", "failure", { rerun_auth_config: { github_users: ["Eve"] } });
    expect(started(await named.press({ sender: { login: "eve" } }))).toEqual(["unit"]);
    expect(started(await named.press({ sender: { login: "mallory" } }))).toEqual(["createComment"]);
  });

  test("of a postsubmit runs the same again, for whom rerun_auth_config names alone", async () => {
    const { job, press } = scene();
    const refs = { ...REPO, base_ref: "main", base_sha: "b".repeat(40) };
    job("job-1", "failure", { type: "postsubmit", job: "publish", context: "publish", refs });
    const event = { sha: "b".repeat(40), run: { name: "publish", externalId: "job-1" } };
    expect(await press(event)).toEqual([]);
    const deck = {
      default_rerun_auth_configs: [
        { repo: "acme", cluster: "*", rerun_auth_configs: { github_orgs: ["acme"] } },
      ],
    };
    const effects = await press(event, { deck });
    expect(effects).toMatchObject([
      { do: "createProwJob", job: { spec: { type: "postsubmit", job: "publish", refs } } },
    ]);
  });
});

describe("Cancel", () => {
  test("aborts the job that is under way; plank ends it", async () => {
    const { job, press } = scene();
    job("job-1", "pending");
    expect(await press(cancel)).toEqual([
      {
        ...{ do: "patchProwJob", name: "job-1", namespace: "prowjobs", resourceVersion: "5" },
        patch: { status: { state: "aborted", description: "bob successfully aborted job-1." } },
      },
    ]);
  });

  test.each(["success", "failure", "aborted", "error"] as const)(
    "does nothing once it is over (%s)",
    async (state) => {
      const { job, press } = scene();
      job("job-1", state);
      expect(await press(cancel)).toEqual([]);
    },
  );

  test("is refused to who may not", async () => {
    const { job, press } = scene(base, { by: "mallory" });
    job("job-1", "pending");
    expect(await press({ ...cancel, sender: { login: "mallory" } })).toMatchObject([
      { do: "createComment", body: "@mallory: You don't have permission to abort this job." },
    ]);
  });

  test("reaches no job of another repository, no job that is gone, and knows no other button", async () => {
    const { job, press } = scene();
    job("job-1", "pending", { refs: { org: "acme", repo: "other", base_ref: "main", pulls: [] } });
    expect(await press(cancel)).toEqual([]);
    expect(await press({ ...cancel, run: { name: "unit", externalId: "nowhere" } })).toEqual([]);
    expect(await press({ ...cancel, run: { name: "unit", externalId: "" } })).toEqual([]);
    expect(await press({ ...cancel, identifier: "explode" })).toEqual([]);
  });
});

test("runs of another App are not ours, and the bot presses no buttons", async () => {
  const { job, press } = scene();
  job("job-1", "pending");
  for (const event of [{ app: "other" }, { sender: { login: "ci[bot]" } }]) {
    expect(await press(event)).toEqual([]);
    expect(await press({ ...cancel, ...event })).toEqual([]);
  }
  expect(await press(cancel, { bot: "ci" })).toEqual([]);
});

describe("/retest", () => {
  /** What it starts, with these check runs of the head and these statuses. */
  async function retest(runs: Partial<CheckRun>[], statuses: [string, "success" | "failure"][] = []) {
    const pr = world(base).pr();
    for (const [context, state] of statuses)
      pr.world.statuses.push({ context, state, description: "", target_url: "" });
    const { context } = pr.world;
    const read = new Proxy(context.read, {
      get: (target, name, receiver) =>
        name === "checkRuns" ? async () => runs : Reflect.get(target, name, receiver),
    });
    const config = { ...context.config, github_reporter: { reports: { acme: "checks" } } } as never;
    return started(
      await trigger.handle(pr.comment("bob", "/retest"), { ...context, config, read, bot: "ci[bot]" }),
    );
  }
  const run = (name: string, conclusion: string | null, app = "ci") =>
    ({ name, app, status: conclusion ? "completed" : "in_progress", conclusion }) as const;

  test("runs again what failed as a check run of ours", async () => {
    expect(await retest([run("unit", "failure"), run("e2e", "cancelled")])).toEqual(["unit", "e2e"]);
    expect(await retest([run("unit", "success"), run("e2e", null)])).toEqual([]);
    expect(await retest([run("unit", "success"), run("e2e", "failure", "other")])).toEqual([]);
  });

  test("goes by the check run where there is a status of that name from before", async () => {
    expect(await retest([run("unit", "success")], [["unit", "failure"]])).toEqual([]);
    expect(await retest([run("unit", "success")], [["e2e", "failure"]])).toEqual(["e2e"]);
  });
});
