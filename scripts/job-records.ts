// What a configuration's jobs come to, as records of the shape in which outcomes of Prow are recorded.
import type { Config } from "../src/config/config.ts";
import type { Periodic, Postsubmit, Presubmit } from "../src/config/job.ts";
import { couldRun, postsubmitShouldRun, shouldRunOn, triggerMatches } from "../src/jobs/filter.ts";
import { podFor } from "../src/jobs/pod.ts";
import { newProwJob } from "../src/jobs/prow-job.ts";
import { periodicSpec, postsubmitSpec, presubmitSpec } from "../src/jobs/spec.ts";
import { parseCron } from "../src/lib/cron.ts";
import { jobSpec } from "../src/model/job-spec.ts";
import type { ProwJob, ProwJobSpec } from "../src/model/prowjob.ts";
import type { Refs } from "../src/model/refs.ts";
import { jobDirectory } from "../src/model/storage-layout.ts";

const NAME = "11111111-2222-3333-4444-555555555555";
const BUILD = "1234567890123456789";
const SHA = "0123456789abcdef0123456789abcdef01234567";
const BRANCHES = [
  "main",
  "master",
  "release-1.30",
  "release-3.6",
  "release-1.8",
  "v2",
  "feature/x",
  "gh-pages",
];
const CHANGES = [
  ["README.md"],
  ["go.mod", "go.sum"],
  ["docs/a.md", "docs/img/b.png"],
  ["pkg/a/b.go"],
  ["cmd/x/main.go", "README.md"],
  ["OWNERS"],
  ["hack/build.sh"],
  ["test/e2e/foo_test.go"],
  ["config/jobs/x/y.yaml"],
  ["images/a/Dockerfile"],
  ["Makefile"],
  [".github/workflows/ci.yml"],
  ["api/v1/types.go", "docs/x.md"],
  ["charts/a/values.yaml"],
  [],
];
const COMMENTS = [
  "/test all",
  "/test NAME",
  "/test   NAME  ",
  "/retest",
  "/test ?",
  "hello /test NAME",
  "/test NAMEx",
  "line\n/test other NAME\nmore",
  "/TEST NAME",
  "/test\tNAME",
  "/test NAME,",
  "/test NAME\r\n",
];

function refsOf(repository: string, pull: boolean): Refs {
  const [org = "", repo = ""] = repository.split(/\/(.*)/);
  const link = `https://github.com/${repository}`;
  const refs: Refs = {
    org,
    repo,
    repo_link: link,
    base_ref: "main",
    base_sha: SHA,
    base_link: `${link}/commit/${SHA}`,
  };
  const sha = "89abcdef0123456789abcdef0123456789abcdef";
  if (pull)
    refs.pulls = [{ number: 7, author: "octocat", sha, title: "Fix the thing", link: `${link}/pull/7` }];
  return refs;
}

type Job = Presubmit | Postsubmit | Periodic;

function record(
  config: Config,
  kind: string,
  repo: string | undefined,
  job: Job,
  spec: ProwJobSpec,
  facts: object,
) {
  const labels = { ...job.labels, "prow.k8s.io/build-id": BUILD };
  const identity = { name: NAME, labels, annotations: job.annotations, now: new Date(0) };
  const made = newProwJob(config, spec, identity);
  const { namespace: _none, ...metadata } = made.metadata;
  const prowjob: ProwJob = { ...made, metadata, status: { build_id: BUILD } };
  prowjob.metadata.labels = { ...metadata.labels, "prow.k8s.io/id": NAME };
  const pod = spec.agent === "kubernetes" ? podFor(prowjob, BUILD) : undefined;
  const storage = spec.decoration_config?.gcs_configuration;
  const gcsPath = storage && jobDirectory(jobSpec(spec, BUILD, NAME), storage);
  const written = JSON.parse(JSON.stringify({ kind, repo, job, prowjob, pod, facts: { gcsPath, ...facts } }));
  if (written.pod) {
    delete written.pod.apiVersion;
    delete written.pod.kind;
  }
  return written;
}

const couldRunFacts = (job: Presubmit | Postsubmit) => ({
  couldRun: Object.fromEntries(BRANCHES.map((branch) => [branch, couldRun(job, branch)])),
});

const firstBranch = (job: Presubmit | Postsubmit) =>
  BRANCHES.find((branch) => couldRun(job, branch)) ?? "main";

const yesOrNo = (answer: boolean) => (answer ? "y" : "n");

function presubmit(config: Config, repo: string, job: Presubmit) {
  const branch = firstBranch(job);
  return record(
    config,
    "presubmit",
    repo,
    { ...job, always_run: job.always_run ?? false },
    presubmitSpec(job, refsOf(repo, true)),
    {
      ...couldRunFacts(job),
      changes: CHANGES.map((files) => yesOrNo(shouldRunOn(job, branch, files, false, false))),
      triggers: COMMENTS.map((text) => triggerMatches(job, text.replaceAll("NAME", job.name))),
    },
  );
}

function postsubmit(config: Config, repo: string, job: Postsubmit) {
  const branch = firstBranch(job);
  return record(config, "postsubmit", repo, job, postsubmitSpec(job, refsOf(repo, false)), {
    ...couldRunFacts(job),
    changes: CHANGES.map((files) => yesOrNo(postsubmitShouldRun(job, branch, files))),
  });
}

function periodic(config: Config, job: Periodic) {
  return record(config, "periodic", undefined, job, periodicSpec(job), { next: firings(job.cron) });
}

function firings(cron: string | undefined): string[] | undefined {
  if (!cron || cron.startsWith("@every")) return undefined;
  const schedule = parseCron(cron);
  const found: string[] = [];
  let at: Date | undefined = new Date("2026-11-23T09:58:30Z");
  while (found.length < 3) {
    at = at && schedule.next(at);
    // Go's zero time stands for "never".
    found.push(at ? at.toISOString().replace(".000Z", "Z") : "0001-01-01T00:00:00Z");
  }
  return found;
}

const byRepo = <J>(jobs: Record<string, J[]>) => Object.entries(jobs).sort(([a], [b]) => (a < b ? -1 : 1));

/** Presubmits, then postsubmits, by repository; then periodics. */
export function* jobRecords(config: Config): Generator<object> {
  for (const [repo, jobs] of byRepo(config.presubmits))
    for (const job of jobs) yield presubmit(config, repo, job);
  for (const [repo, jobs] of byRepo(config.postsubmits))
    for (const job of jobs) yield postsubmit(config, repo, job);
  for (const job of config.periodics) yield periodic(config, job);
}
