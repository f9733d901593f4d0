import { describe, expect, it } from "vitest";
import { jobURL } from "../../src/jobs/job-url.ts";
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
});
