// Jobs and configuration for crier's tests.
import type { Config } from "../../src/config/config.ts";
import type { IssueComment } from "../../src/model/github.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";

export const SHA = "1".repeat(40);
export const BASE = "b".repeat(40);

export const configOf = (reporter: object = {}, plank: object = {}): Config =>
  ({
    github_reporter: { job_types_to_report: ["presubmit", "postsubmit"], ...reporter },
    plank,
  }) as unknown as Config;

type Parts = { spec?: Partial<ProwJob["spec"]>; status?: ProwJob["status"]; labels?: Record<string, string> };

export function job(
  name: string,
  state: ProwJob["status"]["state"],
  { spec, status, labels }: Parts = {},
): ProwJob {
  const ended = state !== "pending" && state !== "triggered" && state !== "scheduling";
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: {
      name: `pj-${name}`,
      namespace: "prowjobs",
      labels: { "prow.k8s.io/is-optional": "false", ...labels },
    },
    spec: {
      type: "presubmit",
      agent: "kubernetes",
      job: name,
      context: name,
      report: true,
      rerun_command: `/test ${name}`,
      refs: {
        org: "acme",
        repo: "lib",
        base_ref: "main",
        base_sha: BASE,
        pulls: [{ number: 1, author: "alice", sha: SHA }],
      },
      ...spec,
    },
    status: {
      state,
      startTime: "2026-01-02T03:00:00Z",
      description: `Job ${state}.`,
      url: `https://ci/${name}`,
      build_id: "17",
      ...(ended && { completionTime: "2026-01-02T03:01:00Z" }),
      ...status,
    },
  };
}

export const comment = (id: number, body: string, login = "ci-robot"): IssueComment => ({
  id,
  body,
  user: { login },
  html_url: "",
  created_at: "",
  updated_at: "",
});
