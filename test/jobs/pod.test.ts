import { describe, expect, it } from "vitest";
import { podFor } from "../../src/jobs/pod.ts";
import type { Container } from "../../src/model/pod.ts";
import { REFS, sampleProwJob } from "./sample.ts";

const pod = (fields?: string, refs = REFS) => podFor(sampleProwJob(fields, refs), "123");
const env = (container: Container | undefined) =>
  Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
const options = (container: Container | undefined, name: string) => JSON.parse(env(container)[name]!);
const named = (containers: Container[] | undefined, name: string) =>
  containers?.find((one) => one.name === name);

describe("a plain pod", () => {
  it("is the job's own spec with the environment", () => {
    const { metadata, spec } = pod("decorate: false");
    expect(metadata.labels).toMatchObject({ "prow.k8s.io/id": "some-uuid", "prow.k8s.io/build-id": "123" });
    expect(spec).toMatchObject({ restartPolicy: "Never", automountServiceAccountToken: false });
    expect(spec.containers).toHaveLength(1);
    expect(spec.containers[0]).toMatchObject({
      name: "test",
      command: ["make"],
      terminationMessagePolicy: "FallbackToLogsOnError",
    });
    expect(env(spec.containers[0])).toMatchObject({
      CI: "true",
      BUILD_ID: "123",
      BUILD_NUMBER: "123",
      JOB_TYPE: "presubmit",
      PULL_REFS: "main:abc,7:def",
      PULL_HEAD_REF: "fix",
      SRC_HOST: "github.com",
      SRC_BASE: "org/repo",
    });
    expect(options(spec.containers[0], "JOB_SPEC")).toMatchObject({
      job: "unit",
      buildid: "123",
      prowjobid: "some-uuid",
    });
  });

  it("needs a spec", () => {
    const job = sampleProwJob();
    expect(() => podFor({ ...job, spec: { ...job.spec, pod_spec: undefined } }, "1")).toThrow(
      "lacks a pod spec",
    );
  });
});

describe("a decorated pod", () => {
  it("clones, uploads, places entrypoint, wraps the test and adds the sidecar", () => {
    const { spec } = pod();
    expect(spec.initContainers!.map(({ name }) => name)).toEqual([
      "clonerefs",
      "initupload",
      "place-entrypoint",
    ]);
    expect(spec.containers.map(({ name }) => name)).toEqual(["test", "sidecar"]);
    expect(spec.containers[0]).toMatchObject({
      command: ["/tools/entrypoint"],
      workingDir: "/home/prow/go/src/github.com/org/repo",
    });
    expect(spec.containers[0]).not.toHaveProperty("args");
    expect(spec.terminationGracePeriodSeconds).toBe(1125);
    expect(spec.volumes!.map(({ name }) => name)).toEqual(["logs", "tools", "clonerefs-tmp", "code"]);
    expect(options(spec.containers[0], "ENTRYPOINT_OPTIONS")).toMatchObject({
      timeout: 7_200_000_000_000,
      args: ["make", "test"],
      process_log: "/logs/process-log.txt",
    });
  });

  it("does not clone when told not to", () => {
    const { spec } = pod("decorate: true\ndecoration_config: {skip_cloning: true}");
    expect(spec.initContainers!.map(({ name }) => name)).toEqual(["initupload", "place-entrypoint"]);
    expect(spec.containers[0]).not.toHaveProperty("workingDir");
    expect(options(spec.initContainers![0], "INITUPLOAD_OPTIONS")).not.toHaveProperty("log");
  });

  it("gives clonerefs the secrets that it needs", () => {
    const { spec } = pod(
      "decorate: true\ndecoration_config: {ssh_key_secrets: [ssh], cookiefile_secret: c/key, github_app_id: '1', github_app_private_key_secret: {name: app, key: pem}}",
    );
    const cloner = named(spec.initContainers, "clonerefs");
    expect(cloner!.args).toEqual(["--cookiefile=/secrets/cookiefile/key"]);
    expect(options(cloner, "CLONEREFS_OPTIONS")).toMatchObject({
      key_files: ["/secrets/ssh/ssh"],
      cookie_path: "/secrets/cookiefile/key",
      github_app_private_key_file: "/secrets/github-app/pem",
    });
    expect(spec.volumes).toContainEqual({
      name: "ssh-keys-ssh",
      secret: { secretName: "ssh", defaultMode: 0o400 },
    });
  });

  it("tells several containers' files apart", () => {
    const job = sampleProwJob();
    const two = [
      { name: "a", command: ["x"] },
      { name: "b", command: ["y"] },
    ];
    const { spec } = podFor({ ...job, spec: { ...job.spec, pod_spec: { containers: two } } }, "1");
    expect(spec.containers.map(({ name }) => name)).toEqual(["a", "b", "sidecar"]);
    expect(options(spec.containers[2], "SIDECAR_OPTIONS").entries).toMatchObject([
      { marker_file: "/logs/a-marker.txt" },
      { metadata_file: "/logs/artifacts/b-metadata.json" },
    ]);
  });

  it("gives memory defaults to the tests, not to the sidecar", () => {
    const { spec } = pod(
      "decorate: true\ndecoration_config: {default_memory_request: 1024Mi, set_limit_equals_memory_request: true, run_as_user: 5}",
    );
    expect(spec.containers[0]!.resources).toEqual({ requests: { memory: "1Gi" }, limits: { memory: "1Gi" } });
    expect(spec.containers[1]!.resources).toBeUndefined();
    expect(spec["securityContext"]).toEqual({ runAsUser: 5 });
  });

  it("leaves the ProwJob as it was", () => {
    const job = sampleProwJob();
    const before = structuredClone(job);
    podFor(job, "1");
    expect(job).toEqual(before);
  });
});
