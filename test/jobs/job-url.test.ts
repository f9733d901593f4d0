import { describe, expect, it } from "vitest";
import { jobURL, jobURLFault } from "../../src/jobs/job-url.ts";
import { sampleConfig, sampleProwJob } from "./sample.ts";

const config = sampleConfig();
const withBuild = (fields?: string) => {
  const job = sampleProwJob(fields);
  return { ...job, status: { ...job.status, build_id: "123" } };
};
const plank = (more: object) => ({ plank: { ...config.plank, ...more } });

describe("the URL of a job", () => {
  it("is below the prefix, by storage provider, bucket and path", () => {
    expect(jobURL(config, withBuild())).toBe(
      "https://prow.example.com/view/gs/b/pr-logs/pull/org_repo/7/unit/123",
    );
  });

  it("takes the most specific prefix, and no provider when told so", () => {
    const prefixes = { "*": "https://all/", org: "https://org/x", "org/repo": "" };
    const settings = { job_url_prefix_config: prefixes, jobURLPrefixDisableAppendStorageProvider: true };
    expect(jobURL(plank(settings), withBuild())).toBe("https://org/x/b/pr-logs/pull/org_repo/7/unit/123");
  });

  it("comes from the template for a job without decoration", () => {
    const template =
      "https://x/{{.Spec.Job}}/{{.Status.BuildID}}/{{with index .Spec.Refs.Pulls 0}}{{.Number}}{{end}}";
    expect(jobURL(plank({ job_url_template: template }), withBuild("decorate: false"))).toBe(
      "https://x/unit/123/7",
    );
    expect(jobURL(config, withBuild("decorate: false"))).toBe("");
  });

  it.each([
    ["https://prow/view/", "gs://bucket", "https://prow/view/gs/bucket/pr-logs/pull/org_repo/7/unit/123"],
    ["https://prow/view", "bucket", "https://prow/view/gs/bucket/pr-logs/pull/org_repo/7/unit/123"],
    ["https://prow/view/", "s3://bucket", "https://prow/view/s3/bucket/pr-logs/pull/org_repo/7/unit/123"],
    [
      "https://prow/view/",
      "gs://my-floppy-backup/a://doom2.wad.006",
      "https://prow/view/gs/my-floppy-backup/a:/doom2.wad.006/pr-logs/pull/org_repo/7/unit/123",
    ],
    ["/view/", "gs://bucket", "/view/gs/bucket/pr-logs/pull/org_repo/7/unit/123"],
  ])("below %s of bucket %s is %s", (job_url_prefix, bucket, url) => {
    const job = withBuild();
    const gcs_configuration = { ...job.spec.decoration_config!.gcs_configuration, bucket, job_url_prefix };
    const spec = { ...job.spec, decoration_config: { ...job.spec.decoration_config, gcs_configuration } };
    expect(jobURL(config, { ...job, spec })).toBe(url);
  });

  it.each(["{{.Garbage}}", "{{.Spec.Refs.Org}}", "{{(index .Spec.Refs.Pulls 3).Number}}"])(
    "is empty when the template %s has no answer for the job, and why is told",
    (job_url_template) => {
      const periodic = withBuild("decorate: false");
      const job = { ...periodic, spec: { ...periodic.spec, refs: undefined } };
      expect(jobURL(plank({ job_url_template }), job)).toBe("");
      expect(jobURLFault(plank({ job_url_template }), job)).toMatch(/^job_url_template or job_url_prefix: /);
      expect(jobURLFault(plank({ job_url_template: "x" }), job)).toBeUndefined();
    },
  );
});
