// A configuration with one decorated presubmit and one plain periodic, for tests of what becomes of them.
import type { Config } from "../../src/config/config.ts";
import { newProwJob } from "../../src/jobs/prow-job.ts";
import { presubmitSpec } from "../../src/jobs/spec.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { Refs } from "../../src/model/refs.ts";
import { DECORATED, loadGood } from "../config/files.ts";

export const REFS: Refs = {
  org: "org",
  repo: "repo",
  repo_link: "https://github.com/org/repo",
  base_ref: "main",
  base_sha: "abc",
  pulls: [{ number: 7, author: "octocat", sha: "def", title: "Fix", head_ref: "fix" }],
};

/** `fields` are further lines of the presubmit, in YAML. */
export function sampleConfig(fields = "decorate: true"): Config {
  return loadGood({
    config: DECORATED,
    jobs: `
presubmits:
  org/repo:
  - name: unit
    spec: {containers: [{image: alpine, command: [make], args: [test]}]}
    ${fields.replaceAll("\n", "\n    ")}
`,
  });
}

export const theJob = (config: Config) => config.presubmits["org/repo"]![0]!;

export function sampleProwJob(fields?: string, refs: Refs = REFS): ProwJob {
  const config = sampleConfig(fields);
  return newProwJob(config, presubmitSpec(theJob(config), refs), {
    name: "some-uuid",
    now: new Date(0),
  });
}
