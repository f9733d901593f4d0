// Where a job's results go, and what becomes of the started.json that is there. Prow's own cases.
import { describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { destination } from "../../src/crier/destination.ts";
import { finishedJSON } from "../../src/crier/started.ts";
import { storageReporter } from "../../src/crier/storage-reporter.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { ProwJob, ProwJobState } from "../../src/model/prowjob.ts";
import type { BlobRead } from "../../src/storage/port.ts";
import { configOf, job } from "./world.ts";

const OF_ALL = {
  bucket: "kubernetes-jenkins",
  path_prefix: "some-prefix",
  path_strategy: "legacy",
  default_org: "kubernetes",
  default_repo: "kubernetes",
} as const;
const WRONG = { ...OF_ALL, bucket: "the-wrong-bucket", path_prefix: "" };
const defaults = (of: Record<string, object>): Config =>
  configOf(
    {},
    {
      default_decoration_configs: Object.fromEntries(
        Object.entries(of).map(([repo, gcs_configuration]) => [repo, { gcs_configuration }]),
      ),
    },
  );

const refs = {
  org: "kubernetes",
  repo: "test-infra",
  base_ref: "main",
  pulls: [{ number: 12345, author: "me", sha: "def456" }],
};
const little = (state: ProwJobState, spec: Partial<ProwJob["spec"]> = {}): ProwJob =>
  job("my-little-job", state, {
    spec: { refs, ...spec },
    status: { startTime: "2010-10-10T18:30:00Z", build_id: "123" },
  });

const LOGS = "gs://kubernetes-jenkins/some-prefix/logs/my-little-job/123";
const PULL = "gs://kubernetes-jenkins/some-prefix/pr-logs/pull/test-infra/12345/my-little-job/123";

describe("the place is", () => {
  const periodic = { type: "periodic", refs: undefined } as const;
  const own = { decoration_config: { gcs_configuration: OF_ALL } };
  test.each<[string, Config, Partial<ProwJob["spec"]>, string | undefined]>([
    ["the job's own", defaults({}), { ...periodic, ...own }, LOGS],
    ["the job's own over the default", defaults({ "*": WRONG }), { ...periodic, ...own }, LOGS],
    ["the default of a job that is not decorated", defaults({ "*": OF_ALL }), periodic, LOGS],
    ["none where nothing says so", defaults({}), periodic, undefined],
    ["that of the org", defaults({ "*": WRONG, kubernetes: OF_ALL }), { refs }, PULL],
    [
      "that of the first extra ref's org",
      defaults({ "*": WRONG, kubernetes: OF_ALL }),
      { ...periodic, extra_refs: [refs] },
      LOGS,
    ],
    ["by the job's type", defaults({}), { refs, ...own }, PULL],
  ])("%s", (_name, config, spec, expected) => {
    expect(destination(little("triggered", spec), config)).toBe(expected);
  });
});

const config = defaults({ "*": OF_ALL });

async function reported(of: ProwJob, files: Record<string, unknown> = {}, on = config): Promise<Effect[]> {
  const store = {
    stat: async (url: string) => (url in files ? { url, size: 1, updated: "" } : undefined),
    read: async (url: string) => new Response(JSON.stringify(files[url])).body!,
  } as unknown as BlobRead;
  const { steps } = storageReporter({ store, config: () => on, workers: 1, log: silent });
  return await steps(of)[0]!.effects();
}

const file = (effects: Effect[], name: string) =>
  effects.find((effect) => effect.do === "writeObject" && effect.url === `${PULL}/${name}`) as
    | Extract<Effect, { do: "writeObject" }>
    | undefined;

test("a job is told as soon as it has a build id", () => {
  const { shouldReport } = storageReporter({
    ...{ store: {} as BlobRead, config: () => config, workers: 1, log: silent },
  });
  expect(shouldReport(little("triggered"))).toBe(true);
  expect(shouldReport(job("my-little-job", "triggered", { status: { build_id: "" } }))).toBe(false);
});

describe("started.json", () => {
  const by = { metadata: { uploader: "crier" } };
  const started = {
    timestamp: 1286735400,
    pull: "12345",
    repos: { "kubernetes/test-infra": "main,12345:def456" },
  };
  const of = (commit: string) => ({ ...started, "repo-commit": commit, "repo-version": commit, ...by });

  test.each<ProwJobState>(["triggered", "pending", "success", "aborted", "error", "failure"])(
    "of a job that is %s is written once",
    async (state) => {
      const written = file(await reported(little(state)), "started.json");
      expect(written?.ifAbsent).toBe(true);
      expect(JSON.parse(written!.content)).toEqual(of("def456"));
    },
  );

  const clones = [{ refs, final_sha: "abc123", commands: [] }];
  test.each<[string, object, object[], string | undefined]>([
    ["crier's own learns what was cloned", of("def456"), clones, "abc123"],
    ["crier's own without a commit learns it too", { ...started, ...by }, clones, "abc123"],
    ["the pod's own stays", { ...started, "repo-commit": "def456" }, clones, undefined],
    ["one that others marked stays", { ...started, metadata: { uploader: "other" } }, clones, undefined],
    ["crier's own that tells all of it stays", of("def456"), [], undefined],
    ["what was cloned is known already", { ...of("main"), timestamp: 100 }, [], undefined],
    [
      "what was cloned is of another repository",
      { ...of("def456"), timestamp: 100 },
      [{ ...clones[0], refs: { ...refs, repo: "x" } }],
      "def456",
    ],
  ])("%s", async (_name, existing, records, commit) => {
    const files = { [`${PULL}/started.json`]: existing, [`${PULL}/clone-records.json`]: records };
    const written = file(await reported(little("success"), files), "started.json");
    expect(written && JSON.parse(written.content)["repo-commit"]).toBe(commit);
    expect(written?.ifAbsent).toBeUndefined();
  });
});

test.each<[ProwJobState, boolean]>([
  ["success", true],
  ["failure", false],
  ["aborted", false],
  ["error", false],
])("finished.json of a job that ended in %s is written where there is none", async (state, passed) => {
  const of = little(state);
  const written = file(await reported(of), "finished.json");
  expect(written?.ifAbsent).toBe(true);
  expect(written?.content).toBe(finishedJSON(of));
  expect(JSON.parse(written!.content)).toEqual({
    ...{ timestamp: 1767322860, passed, result: state },
    metadata: { uploader: "crier" },
  });
});

test("a job that was aborted is told when plank has ended it, and not before, since it is told once", () => {
  const { shouldReport } = storageReporter({
    ...{ config: () => config, workers: 1, log: silent, store: {} as BlobRead },
  });
  const ending = (completionTime?: string) =>
    shouldReport(job("j", "aborted", { spec: { refs }, status: { build_id: "1", completionTime } }));
  expect([ending(undefined), ending("2010-10-10T18:40:00Z")]).toEqual([false, true]);
});

test("a job that goes on has no finished.json, but a prowjob.json with all that it is", async () => {
  const of = little("pending");
  const effects = await reported(of);
  expect(file(effects, "finished.json")).toBeUndefined();
  expect(JSON.parse(file(effects, "prowjob.json")!.content)).toEqual(JSON.parse(JSON.stringify(of)));
});

test("without a place nothing is written, and that is no failure", async () => {
  expect(await reported(little("success"), {}, defaults({}))).toEqual([]);
});
