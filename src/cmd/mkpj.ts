// cutwater mkpj: the ProwJob of a configured job, for refs that are given or asked of GitHub.
import { Registry } from "prom-client";
import { newProwJob, prowJobName } from "../jobs/prow-job.ts";
import { periodicSpec, postsubmitSpec, presubmitSpec } from "../jobs/spec.ts";
import { bool, type FlagValues, int, string } from "../lib/flags.ts";
import { dumpYAML } from "../lib/yaml/load.ts";
import { PROW_JOB, type ProwJob, type ProwJobSpec } from "../model/prowjob.ts";
import type { Refs } from "../model/refs.ts";
import { type Configured, configuredJobs, splitRepo } from "../tools/effective.ts";
import type { Host } from "./command.ts";
import { toolConfigFlags, usableConfig } from "./config/tool-config.ts";
import { noSuchJob } from "./config/tool-job.ts";
import { jsonLog } from "./process/log.ts";
import { githubFlags, kubeFlags } from "./wiring/flag-groups.ts";
import { InputError, noArguments, tool } from "./wiring/tool.ts";

const flags = {
  ...toolConfigFlags,
  ...githubFlags,
  ...kubeFlags,
  job: string("", "Job to run."),
  "base-ref": string("", "Git base ref under test."),
  "base-sha": string("", "Git base SHA under test."),
  "pull-number": int(0, "Git pull number under test."),
  "pull-sha": string("", "Git pull SHA under test."),
  "pull-author": string("", "Git pull author under test."),
  "pull-head-ref": string("", "Git branch name of the proposed change."),
  "trigger-job": bool(false, "Submit the job to Prow and wait for its result."),
  "fail-with-job": bool(false, "Exit with 1 when the triggered job fails."),
};
type Flags = FlagValues<typeof flags>;

export const mkpj = tool("mkpj", {
  flags,
  async run({ values, args }, host) {
    noArguments(args);
    if (!values.job) throw new InputError("required flag --job was unset");
    const { config } = usableConfig(values, host);
    const all = configuredJobs(config);
    const configured = all.find(({ job }) => job.name === values.job);
    if (!configured) throw noSuchJob(values.job, all);
    const spec = await specOf(configured, values, host);
    const now = host.clock.now();
    const prowJob = newProwJob(config, spec, {
      // Each call is a cause of its own.
      name: prowJobName("mkpj", spec.job, now.toISOString(), String(host.random())),
      labels: configured.job.labels,
      annotations: configured.job.annotations,
      now,
    });
    if (!values["trigger-job"]) {
      host.out(dumpYAML(prowJob).trimEnd());
      return 0;
    }
    return submit(prowJob, values, host);
  },
});

async function specOf({ kind, repo, job }: Configured, flags: Flags, host: Host): Promise<ProwJobSpec> {
  if (kind === "periodic") return periodicSpec(job);
  const refs = await completed(repo, kind === "presubmit", flags, host);
  return kind === "presubmit" ? presubmitSpec(job, refs) : postsubmitSpec(job, refs);
}

/** GitHub is asked only for what the flags do not say. */
async function completed(repository: string, pull: boolean, flags: Flags, host: Host): Promise<Refs> {
  const { org, repo } = splitRepo(repository);
  const number = flags["pull-number"];
  let [ref, sha] = [flags["base-ref"], flags["base-sha"]];
  if (pull && number <= 0) {
    throw new InputError("--pull-number is missing: a presubmit is for a pull request");
  }
  const given = { author: flags["pull-author"], sha: flags["pull-sha"], head_ref: flags["pull-head-ref"] };
  const missing = pull ? !given.author || !given.sha || !ref || !sha : !ref || !sha;
  if (!missing) return refsWith(org, repo, ref, sha, pull ? { number, ...given } : undefined);
  if (!pull && !ref && number <= 0) throw new InputError("--base-ref is missing, e.g. --base-ref=main");
  const { read } = await github(flags, host);
  if (number > 0) {
    const found = await read.pullRequest({ org, repo, number });
    given.author ||= found.user.login;
    given.sha ||= found.head.sha;
    ref ||= found.base.ref;
    sha ||= found.base.sha;
  } else {
    sha ||= (await read.branchSHA({ org, repo }, ref)) ?? "";
    if (!sha) throw new InputError(`${repository} has no branch ${ref}`);
  }
  return refsWith(org, repo, ref, sha, pull ? { number, ...given } : undefined);
}

function refsWith(
  org: string,
  repo: string,
  base_ref: string,
  base_sha: string,
  pull?: { number: number; author: string; sha: string; head_ref: string },
): Refs {
  const { head_ref, ...rest } = pull ?? { head_ref: "" };
  return {
    org,
    repo,
    base_ref,
    base_sha,
    ...(pull && { pulls: [{ ...(rest as typeof pull), ...(head_ref && { head_ref }) }] }),
  };
}

async function github(flags: Flags, host: Host) {
  if (!flags["github-token-path"] && !flags["github-app-id"]) {
    throw new InputError(
      "--base-ref, --base-sha, --pull-sha or --pull-author is missing: give all of them, or --github-token-path to have GitHub asked",
    );
  }
  const { githubFrom } = await import("./wiring/connect.ts");
  const log = jsonLog("mkpj", host.err);
  log.obey("warn");
  return githubFrom(flags, { host, log, metrics: new Registry() });
}

const POLL_MS = 1_000;
const ENDS = ["success", "failure", "aborted", "error"];

/** Creates it, waits until it is over, prints its status. */
async function submit(prowJob: ProwJob, flags: Flags, host: Host): Promise<number> {
  const { clustersOfFlags } = await import("./wiring/connect.ts");
  const { home } = await clustersOfFlags(flags, { host });
  const created = await home.write.create(PROW_JOB, prowJob);
  const { name, namespace = "default" } = created.metadata;
  host.err(`submitted the prowjob ${namespace}/${name}, waiting for its result`);
  for (;;) {
    const now = await home.read.get(PROW_JOB, namespace, name);
    if (!now) throw new InputError(`prowjob ${namespace}/${name} was deleted before it was over`);
    const { state = "" } = now.status ?? {};
    if (ENDS.includes(state)) {
      host.out(dumpYAML(now.status).trimEnd());
      return state !== "success" && flags["fail-with-job"] ? 1 : 0;
    }
    await host.clock.sleep(POLL_MS, host.signal);
    if (host.signal.aborted) return 1;
  }
}
