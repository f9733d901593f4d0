// Pub/Sub: which jobs are told of, and the message. Prow's own cases.
import { expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { hasTopic, publication, pubSubMessage } from "../../src/crier/pubsub-reporter.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { BASE, job, SHA } from "./world.ts";

const PROJECT = "prow.k8s.io/pubsub.project";
const TOPIC = "prow.k8s.io/pubsub.topic";
const marks = { [PROJECT]: "test-project", [TOPIC]: "test-topic", "prow.k8s.io/pubsub.runID": "test-id" };

const withPrefix = (prefix: string) =>
  ({ plank: { job_url_prefix_config: { "*": prefix } } }) as unknown as Pick<Config, "plank">;

function marked(metadata: object, status: object = {}, spec: object = {}): ProwJob {
  const of = job("test1", "success", { status: { description: "", ...status }, spec });
  return { ...of, metadata: { name: "test1", ...metadata } };
}

test.each([
  ["labels", { labels: marks }, true],
  ["annotations", { annotations: marks }, true],
  ["one of each", { labels: { [PROJECT]: "p" }, annotations: { [TOPIC]: "t" } }, true],
  ["no project", { labels: { [TOPIC]: "t" } }, false],
  ["no topic", { annotations: { [PROJECT]: "p" } }, false],
  ["an empty topic", { annotations: { ...marks, [TOPIC]: "" } }, false],
  ["nothing", {}, false],
])("told of a job with %s", (_, metadata, expected) => {
  expect(hasTopic(marked(metadata))).toBe(expected);
});

test.each([
  ["guber/", "guber/test1", "gs://test1"],
  ["https://prow.k8s.io/view/gcs/", "https://prow.k8s.io/view/gcs/test1", "gs://test1"],
  ["https://prow.k8s.io/view/", "https://prow.k8s.io/view/gs/bucket/logs/x/1", "gs://bucket/logs/x/1"],
  ["https://prow.k8s.io/view/", "https://prow.k8s.io/view/gcs/bucket/logs/x/1", "gs://bucket/logs/x/1"],
  ["https://prow.k8s.io/view/", "https://prow.k8s.io/view/s3/bucket/logs/x/1", "s3://bucket/logs/x/1"],
  ["https://prow.k8s.io/view/", "", ""],
])("below %s the page %s is of %s", (prefix, url, path) => {
  const message = pubSubMessage(marked({ labels: marks }, { url }), withPrefix(prefix));
  expect(message).toMatchObject({ url, gcs_path: path });
});

test("a presubmit's message, field by field in Prow's order", () => {
  const status = { url: "guber/test1", description: "this job went great" };
  const effect = publication(marked({ annotations: marks }, status), withPrefix("guber/"));
  const { data, ...rest } = effect as { data: string };
  expect(rest).toEqual({ do: "publish", project: "test-project", topic: "test-topic" });
  const refs = `[{"org":"acme","repo":"lib","base_ref":"main","base_sha":"${BASE}","pulls":[{"number":1,"author":"alice","sha":"${SHA}"}]}]`;
  expect(data).toBe(
    `{"project":"test-project","topic":"test-topic","runid":"test-id","status":"success","url":"guber/test1","gcs_path":"gs://test1","refs":${refs},"job_type":"presubmit","job_name":"test1","message":"this job went great"}`,
  );
});

test("what a periodic has not is left out, but for the run's id", () => {
  const of = marked(
    { labels: { [PROJECT]: "p", [TOPIC]: "t" } },
    { url: "" },
    { type: "periodic", refs: undefined },
  );
  expect(pubSubMessage(of, withPrefix("guber/"))).toEqual({
    ...{ project: "p", topic: "t", runid: "", status: "success", url: "", gcs_path: "" },
    ...{ job_type: "periodic", job_name: "test1" },
  });
});
