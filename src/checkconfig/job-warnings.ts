// Warnings about jobs, one by one.
import type { Presubmit } from "../config/job.ts";
import { decorationFault } from "../config/validate/decoration.ts";
import { regex } from "../lib/re2.ts";
import { isRecord } from "../lib/schema.ts";
import {
  type Facts,
  type Finding,
  goList,
  type ListedJob,
  listJobs,
  placeOf,
  type Warning,
} from "./warning.ts";

const LABEL_VALUE_MAX = 63;
const KUBERNETES = "kubernetes";

/** A check of each job by itself. */
const eachJob =
  (message: (job: ListedJob, facts: Facts) => string | undefined) =>
  (facts: Facts): Finding[] =>
    listJobs(facts.config).flatMap((listed) => {
      const found = message(listed, facts);
      return found === undefined ? [] : [{ message: found, places: [placeOf(listed)] }];
    });

export const nonDecoratedJobs: Warning = {
  name: "non-decorated-jobs",
  group: "default",
  doc: "Jobs of agent kubernetes that do not use the pod utilities.",
  check({ config }) {
    const plain = listJobs(config).filter(({ job }) => job.agent === KUBERNETES && !job.decorate);
    if (!plain.length) return [];
    return [
      {
        message: `the following jobs use the kubernetes provider but do not use the pod utilities: ${goList(plain.map(({ job }) => job.name))}`,
        hint: "set decorate: true",
        places: plain.map(placeOf),
      },
    ];
  },
};

export const validDecorationConfig: Warning = {
  name: "valid-decoration-config",
  group: "optional",
  doc: "Decorated jobs have a decoration that can run.",
  check: eachJob(({ job }) =>
    job.agent === KUBERNETES && job.decorate && job.decoration_config
      ? decorationFault(job.decoration_config)
      : undefined,
  ),
};

const KIND_NAMES = { presubmit: "Presubmit", postsubmit: "Postsubmit", periodic: "Periodic" } as const;

export const longJobNames: Warning = {
  name: "long-job-names",
  group: "default",
  doc: "Names of jobs longer than a Kubernetes label may be.",
  check: eachJob(({ kind, repo, job }) => {
    if (job.agent !== KUBERNETES || job.name.length <= LABEL_VALUE_MAX) return undefined;
    const where = repo === undefined ? "" : ` (for repo "${repo}")`;
    return `name of ${KIND_NAMES[kind]} job "${job.name}"${where} too long (should be at most 63 characters)`;
  }),
};

export const duplicateJobRefs: Warning = {
  name: "duplicate-job-refs",
  group: "default",
  doc: "Presubmits whose extra_refs repeat a repository, or the job's own.",
  check: eachJob(({ kind, repo, job }) => {
    if (kind !== "presubmit" || !job.extra_refs?.length) return undefined;
    const refs = [repo!, ...job.extra_refs.map((ref) => `${ref.org}/${ref.repo}`)];
    const twice = [...new Set(refs.filter((ref, i) => refs.indexOf(ref) !== i))].sort();
    if (!twice.length) return undefined;
    return `invalid job ${job.name} on repo ${repo}: the following refs specified more than once: ${twice.join(",")}`;
  }),
};

export const periodicDefaultCloneConfig: Warning = {
  name: "periodic-default-clone-config",
  group: "default",
  doc: "Periodics with clone settings of their own, which have no effect.",
  check: eachJob(({ kind, job }) =>
    kind === "periodic" && (job.clone_depth || job.clone_uri || job.path_alias)
      ? `periodic jobs might clone 0, 1, or more repos, top level \`clone_depth\`, \`clone_uri\`, and \`path_alias\` don't have any effect. Name: "${job.name}"`
      : undefined,
  ),
};

export const requiredJobAnnotations: Warning = {
  name: "required-job-annotations",
  group: "default",
  doc: "Jobs without an annotation that --required-job-annotations names.",
  check: eachJob(({ job }, { requiredAnnotations }) => {
    const missing = requiredAnnotations.filter((name) => job.annotations?.[name] === undefined);
    if (!missing.length) return undefined;
    const list = missing.length === 1 ? missing[0] : `[${missing.join(", ")}]`;
    return `job '${job.name}' is missing required annotations: ${list}`;
  }),
};

/** Where nobody restricts the words of comments (Gerrit's setting, but checked of all jobs), nothing can be found. */
export const allowedPresubmitTrigger: Warning = {
  name: "allowed-presubmit-trigger",
  group: "always",
  doc: "Rerun commands that gerrit.allowed_presubmit_trigger_re does not let through.",
  check({ config }) {
    const pattern = allowedTrigger(config.gerrit);
    if (!pattern) return [];
    const allowed = regex(pattern);
    return listJobs(config)
      .filter(({ kind }) => kind === "presubmit")
      .flatMap((listed): Finding[] => {
        const { name, rerun_command: rerun } = listed.job as Presubmit;
        if (allowed.test(rerun)) return [];
        const message = `rerun command ${rerun} in job ${name} does not conform to test command requirements,please make sure the trigger regex is a subset of ${pattern} and the rerun command matches the trigger regex`;
        return [{ message, places: [placeOf(listed)] }];
      });
  },
};

const allowedTrigger = (gerrit: unknown): string | undefined => {
  const pattern = isRecord(gerrit) ? gerrit["allowed_presubmit_trigger_re"] : undefined;
  return typeof pattern === "string" ? pattern : undefined;
};
