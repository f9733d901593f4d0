import { describe, expect, it } from "vitest";
import type { Periodic, Postsubmit, Presubmit } from "../../src/config/job.ts";
import { snowflake } from "../../src/jobs/build-id.ts";
import { newProwJob, presubmitLabels, prowJobName } from "../../src/jobs/prow-job.ts";
import { batchSpec, periodicSpec, postsubmitSpec, presubmitSpec } from "../../src/jobs/spec.ts";
import type { Refs } from "../../src/model/refs.ts";
import { REFS, sampleConfig, sampleProwJob, theJob } from "./sample.ts";

describe("a ProwJob", () => {
  it("has Prow's labels, annotations and first state", () => {
    const job = sampleProwJob();
    expect(job.metadata).toEqual({
      name: "some-uuid",
      namespace: "prow",
      labels: {
        "created-by-prow": "true",
        "prow.k8s.io/type": "presubmit",
        "prow.k8s.io/job": "unit",
        "prow.k8s.io/context": "unit",
        "prow.k8s.io/refs.org": "org",
        "prow.k8s.io/refs.repo": "repo",
        "prow.k8s.io/refs.base_ref": "main",
        "prow.k8s.io/refs.pull": "7",
      },
      annotations: { "prow.k8s.io/job": "unit", "prow.k8s.io/context": "unit" },
    });
    expect(job.status).toEqual({ startTime: "1970-01-01T00:00:00Z", state: "triggered" });
    expect(job.spec).toMatchObject({
      type: "presubmit",
      report: true,
      context: "unit",
      rerun_command: "/test unit",
    });
  });

  it("cuts long label values, keeps the annotation, and repairs or drops what Kubernetes refuses", () => {
    const context = `${"c".repeat(62)}-tail`;
    const refs = { ...REFS, base_ref: "feature/x", repo: "sp ace" };
    const { labels, annotations } = sampleProwJob(`context: ${context}`, refs).metadata;
    expect(labels!["prow.k8s.io/context"]).toBe("c".repeat(62));
    expect(annotations!["prow.k8s.io/context"]).toBe(context);
    expect(labels!["prow.k8s.io/refs.base_ref"]).toBe("x");
    expect(labels).not.toHaveProperty("prow.k8s.io/refs.repo");
  });

  it("of a presubmit carries the event and whether it is optional", () => {
    expect(presubmitLabels(theJob(sampleConfig("labels: {a: b}")), "guid")).toEqual({
      a: "b",
      "event-GUID": "guid",
      "prow.k8s.io/is-optional": "false",
    });
  });

  it.each([
    [{ job_states_to_report: [] }, false],
    [{ job_states_to_report: ["aborted"] }, true],
    [{ job_states_to_report: [], report: true }, true],
    [{ report: false }, false],
    [{ job_states_to_report: ["aborted"], report: false }, false],
  ])("with Slack's %j reports there: %s", (slack, report) => {
    const text = `reporter_config: {slack: ${JSON.stringify({ channel: "c", ...slack })}}`;
    expect(sampleProwJob(text).spec.reporter_config?.slack?.report).toBe(report);
  });

  it("of a periodic is labelled by its first extra ref, of another forge by what is left of its address", () => {
    const spec = { ...periodicSpec(theJob(sampleConfig()) as unknown as Periodic), context: "ctx" };
    const labelled = (more: object) =>
      newProwJob(
        sampleConfig(),
        { ...spec, ...more },
        { name: "n", labels: { extra: "stuff" }, now: new Date(0) },
      ).metadata.labels;
    expect(labelled({ extra_refs: [{ org: "org", repo: "repo", base_ref: "main" }] })).toEqual({
      "created-by-prow": "true",
      "prow.k8s.io/type": "periodic",
      "prow.k8s.io/job": "unit",
      "prow.k8s.io/context": "ctx",
      "prow.k8s.io/refs.org": "org",
      "prow.k8s.io/refs.repo": "repo",
      "prow.k8s.io/refs.base_ref": "main",
      extra: "stuff",
    });
    expect(
      labelled({ refs: { org: "https://some-gerrit-instance.foo.com", repo: "some/invalid/repo" } }),
    ).toMatchObject({
      "prow.k8s.io/refs.org": "some-gerrit-instance.foo.com",
      "prow.k8s.io/refs.repo": "repo",
    });
    expect(labelled({})).not.toHaveProperty("prow.k8s.io/refs.org");
  });

  it("keeps an empty list of Slack states as `report: false`", () => {
    const slack = sampleProwJob("reporter_config: {slack: {channel: c, job_states_to_report: []}}").spec
      .reporter_config?.slack;
    expect(slack?.report).toBe(false);
    expect(sampleProwJob("reporter_config: {slack: {channel: c}}").spec.reporter_config?.slack?.report).toBe(
      true,
    );
  });

  it("starts as `scheduling` where a scheduler is configured", () => {
    const config = { ...sampleConfig(), scheduler: { enabled: true } };
    const spec = presubmitSpec(theJob(config), REFS);
    expect(newProwJob(config, spec, { name: "n", now: new Date(0) }).status.state).toBe("scheduling");
  });

  it("is named by its cause", () => {
    const name = prowJobName("guid", "unit");
    expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(prowJobName("guid", "unit")).toBe(name);
    expect(prowJobName("guidunit", "")).not.toBe(name);
  });
});

describe("specs", () => {
  const config = sampleConfig(
    "decorate: true\npath_alias: k8s.io/x\nclone_depth: 3\nextra_refs: [{org: o, repo: r}]\ndecoration_config: {blobless_fetch: true, sparse_checkout_files: [a]}",
  );
  const job = theJob(config);

  it("say how to clone", () => {
    const spec = presubmitSpec(job, REFS);
    expect(spec.refs).toMatchObject({
      path_alias: "k8s.io/x",
      clone_depth: 3,
      blobless_fetch: true,
      sparse_checkout_files: ["a"],
    });
    expect(spec.extra_refs).toEqual([{ org: "o", repo: "r", blobless_fetch: true }]);
  });

  it.each<[Partial<Presubmit>, Partial<Refs>, Partial<Refs>]>([
    [{}, {}, {}],
    [{ path_alias: "foo", clone_uri: "bar" }, {}, { path_alias: "foo", clone_uri: "bar" }],
    [{}, { path_alias: "fancy", clone_uri: "cats" }, { path_alias: "fancy", clone_uri: "cats" }],
    [
      { path_alias: "foo", clone_uri: "bar", clone_depth: 3 },
      { path_alias: "fancy", clone_uri: "cats", clone_depth: 1 },
      { path_alias: "foo", clone_uri: "bar", clone_depth: 3 },
    ],
    [
      { skip_submodules: true, clone_depth: 7, skip_fetch_head: true },
      {},
      { skip_submodules: true, clone_depth: 7, skip_fetch_head: true },
    ],
    [
      {},
      { skip_submodules: true, clone_depth: 8, skip_fetch_head: true },
      { skip_submodules: true, clone_depth: 8, skip_fetch_head: true },
    ],
  ])("of a job that says %j about refs that say %j clone by %j", (says, given, cloned) => {
    const plain = { ...theJob(sampleConfig()), ...says };
    for (const spec of [presubmitSpec, batchSpec]) {
      expect(spec(plain, { ...REFS, ...given }).refs).toEqual({ ...REFS, ...cloned });
    }
    expect(postsubmitSpec(plain as Postsubmit, { ...REFS, ...given }).refs).toEqual({ ...REFS, ...cloned });
  });

  it.each([
    [true, [true, false, true]],
    [false, [true, false, false]],
    [undefined, [true, false, undefined]],
  ])("fetch blobs of extra refs as they say, else as the decoration says: %s", (blobless_fetch, expected) => {
    const extra_refs = [true, false, undefined].map((own) => ({
      ...{ org: "o", repo: "r" },
      ...(own !== undefined && { blobless_fetch: own }),
    }));
    const decoration_config = blobless_fetch === undefined ? undefined : { blobless_fetch };
    const plain = { ...theJob(sampleConfig()), extra_refs, decoration_config };
    const made = presubmitSpec(plain, REFS).extra_refs!;
    expect(made.map((ref) => ref.blobless_fetch)).toEqual(expected);
  });

  it("carry who is told, who may start it again, and whether it is hidden", () => {
    const more = {
      reporter_config: { slack: { channel: "ci" } },
      rerun_auth_config: { allow_anyone: true },
      hidden: true,
    };
    expect(presubmitSpec({ ...job, ...more }, REFS)).toMatchObject(more);
  });

  it("of a batch do not report, of a periodic do, without a context", () => {
    expect(batchSpec(job, REFS)).not.toHaveProperty("report");
    const spec = periodicSpec({ ...job, cron: "@daily" } as unknown as Periodic);
    expect(spec).toMatchObject({ type: "periodic", report: true });
    expect(spec).not.toHaveProperty("context");
  });
});

describe("build ids", () => {
  it("grow, also while the clock stands still or goes back", () => {
    let now = 1_700_000_000_000;
    const next = snowflake({ now: () => new Date(now) }, () => 0.5);
    const ids = Array.from({ length: 5000 }, () => BigInt(next()));
    now -= 10_000;
    ids.push(BigInt(next()));
    now += 20_000;
    ids.push(BigInt(next()));
    expect(ids.every((id, i) => i === 0 || id > ids[i - 1]!)).toBe(true);
    expect(String(ids[0])).toHaveLength(19);
  });
});
