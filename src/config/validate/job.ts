// What is wrong with one job by itself, in Prow's words.
import { isLabelValue, isQualifiedName } from "../../lib/kube-names.ts";
import type { ProwJobType } from "../../model/prowjob.ts";
import { RESERVED_LABELS } from "../../model/reserved-names.ts";
import type { Blame } from "../fault.ts";
import { goURLFault, goURLScheme } from "../go-url.ts";
import type { JobBase } from "../job.ts";
import { decorationFault, rerunAuthFault } from "./decoration.ts";
import { checkPodSpec } from "./pod.ts";

const NAME = /^[A-Za-z0-9-._]+$/;
const JENKINS_NAME = /^[A-Za-z0-9-._]([A-Za-z0-9-._/]*[A-Za-z0-9-_])?$/;
const AGENTS = ["kubernetes", "jenkins", "tekton-pipeline"];

/** What jobs are held against: names that the rest of the configuration defines. */
export interface Known {
  podNamespace: string;
  queues: ReadonlySet<string>;
}

/** `blame` is told paths below the job. */
export function checkJob(type: ProwJobType, job: JobBase, known: Known, blameJob: Blame): void {
  const blame: Blame = (message, path, hint) =>
    blameJob(`invalid ${type} job ${job.name ?? ""}: ${message}`, path, hint);
  const pattern = job.agent === "jenkins" ? JENKINS_NAME : NAME;
  if (!pattern.test(job.name ?? "")) {
    blame(`name: must match regex "${pattern.source}"`, ["name"], "use letters, digits, - . _");
  }
  if ((job.max_concurrency ?? 0) < 0) {
    blame(`max_concurrency: ${job.max_concurrency} must be a non-negative number`, ["max_concurrency"]);
  }
  checkAgent(job, known, blame);
  if (job.spec) checkPodSpec(type, job.spec, job.decoration_config, blame);
  if (job.agent === "tekton-pipeline") checkPipeline(type, job, blame);
  checkLabels(job, blame);
  if (job.job_queue_name && !known.queues.has(job.job_queue_name)) {
    blame(
      `invalid job queue name ${job.job_queue_name}`,
      ["job_queue_name"],
      "define it in plank.job_queue_capacities",
    );
  }
  if (!job.spec?.containers?.length) return;
  const rerun = rerunAuthFault(job.rerun_auth_config);
  if (rerun) blame(rerun, ["rerun_auth_config"]);
  checkCloneURIs(job, blame);
  if (job.decoration_config) checkDecoration(job, blame);
}

function checkAgent(job: JobBase, { podNamespace }: Known, blame: Blame): void {
  const { agent } = job;
  const pipeline = Boolean(job.pipeline_run_spec) || hasTektonSpec(job);
  const [kubernetes, tekton] = [agent === "kubernetes", agent === "tekton-pipeline"];
  if (!AGENTS.includes(agent)) return;
  if (job.spec && !kubernetes) blame(`job specs require agent: kubernetes (found "${agent}")`, ["spec"]);
  else if (kubernetes && !job.spec) blame("kubernetes jobs require a spec");
  else if (pipeline && !tekton)
    blame(`job pipeline_run_spec require agent: tekton-pipeline (found "${agent}")`);
  else if (tekton && !pipeline) blame("agent: tekton-pipeline jobs require a pipeline_run_spec");
  else if (job.decoration_config && !kubernetes)
    blame(`decoration requires agent: kubernetes (found "${agent}")`);
  else if (job.error_on_eviction && !kubernetes) {
    blame(`error_on_eviction only applies to agent: kubernetes (found "${agent}")`, ["error_on_eviction"]);
  } else if (job.namespace !== podNamespace && !tekton) {
    blame(`namespace customization requires agent: tekton-pipeline (found "${agent}")`, ["namespace"]);
  }
}

const hasTektonSpec = (job: JobBase): boolean =>
  Boolean((job.tekton_pipeline_run_spec as { v1beta1?: object } | undefined)?.v1beta1);

interface PipelineRun {
  pipelineSpec?: { tasks?: { name?: string; taskRef?: { name?: string } }[] };
}

/** Every extra ref must be used by some task, and no others. */
function checkPipeline(type: ProwJobType, job: JobBase, blame: Blame): void {
  const tekton = job.tekton_pipeline_run_spec as { v1beta1?: PipelineRun } | undefined;
  const run = tekton?.v1beta1 ?? (job.pipeline_run_spec as PipelineRun | undefined);
  if (!run) return;
  const used = new Set<number>();
  for (const task of run.pipelineSpec?.tasks ?? []) {
    const ref = task.taskRef?.name ?? "";
    if (type === "periodic" && ref === "PROW_IMPLICIT_GIT_REF") {
      blame(`periodic jobs do not have an implicit git ref to replace ${ref}`);
    }
    const index = /PROW_EXTRA_GIT_REF_(\d+)/.exec(ref)?.[1];
    if (index === undefined) continue;
    if (/^0\d/.test(index)) {
      blame(`task "${task.name}": leading zeros are not allowed in PROW_EXTRA_GIT_REF_* indexes`);
    }
    used.add(Number(index));
  }
  const count = job.extra_refs?.length ?? 0;
  for (let i = 0; i < count; i++) {
    if (!used.has(i)) blame(`extra_refs[${i}] is not used; some task must reference PROW_EXTRA_GIT_REF_${i}`);
  }
  if ([...used].some((index) => index >= count)) {
    blame(
      `${count} extra_refs are specified, but the following PROW_EXTRA_GIT_REF_* indexes are used: ${[...used].join(", ")}`,
    );
  }
}

function checkLabels(job: JobBase, blame: Blame): void {
  for (const [label, value] of Object.entries(job.labels ?? {})) {
    const path = ["labels", label];
    if (RESERVED_LABELS.includes(label)) blame(`label ${label} is reserved for decoration`, path);
    else if (!isQualifiedName(label))
      blame(`invalid label ${label}`, path, "letters, digits, - _ . after an optional dns.prefix/");
    else if (!isLabelValue(value))
      blame(`label ${label} has invalid value ${value}`, path, "at most 63 letters, digits, - _ .");
  }
  for (const key of Object.keys(job.annotations ?? {})) {
    if (!isQualifiedName(key.toLowerCase())) blame(`invalid annotation key "${key}"`, ["annotations", key]);
  }
}

/** Prow looks at the refs' URIs only when the job has one itself. */
function checkCloneURIs(job: JobBase, blame: Blame): void {
  if (!job.clone_uri) return;
  const refs = (job.extra_refs ?? []).map(
    (ref, i) => [ref.clone_uri ?? "", ["extra_refs", i, "clone_uri"]] as const,
  );
  for (const [text, path] of [[job.clone_uri, ["clone_uri"]] as const, ...refs]) {
    const uri = text.slice(text.indexOf("@") + 1);
    const fault = goURLFault(uri);
    if (fault) blame(`couldn't parse uri from clone_uri: parse "${uri}": ${fault}`, path);
    else if (job.decoration_config?.oauth_token_secret && !/^https?$/.test(goURLScheme(uri))) {
      blame(`scheme must be http or https when OAuth secret is specified: ${uri}`, path);
    }
  }
}

function checkDecoration(job: JobBase, blame: Blame): void {
  const fault = decorationFault(job.decoration_config!);
  if (fault) blame(`invalid decoration config: ${fault}`, ["decoration_config"]);
  for (const [i, container] of job.spec!.containers.entries()) {
    const first = container.command?.length ? container.command[0] : container.args?.[0];
    if (!first) blame("decorated job containers must specify command and/or args", ["spec", "containers", i]);
  }
}
