// The pod that runs a ProwJob: the job's own spec, with its environment and, if asked for, Prow's decoration.
import { milliseconds } from "../lib/duration.ts";
import { joinPath } from "../lib/go/path.ts";
import type { DecorationConfig } from "../model/decoration-config.ts";
import { JOB_SPEC } from "../model/job-spec.ts";
import { BUILD_ID_LABEL, PROW_JOB_ID_LABEL } from "../model/labels.ts";
import type { Container, Pod, PodSpec } from "../model/pod.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { allRefs, clonePath, type Refs } from "../model/refs.ts";
import {
  clonerefs,
  envList,
  initupload,
  placeEntrypoint,
  sidecar,
  type Upload,
  uploadOptions,
  wrapped,
} from "./decoration.ts";
import { jobEnv } from "./env.ts";
import { labelsAndAnnotations } from "./labels.ts";
import { CODE, cloneSecrets, emptyDir, LOGS, TOOLS, uploadVolumes } from "./volumes.ts";

/** Name of the only container of a job. */
const TEST_CONTAINER = "test";

/** The pod of a ProwJob of agent kubernetes, without a namespace. Throws when the job has no pod spec. */
export function podFor(job: ProwJob, buildId: string): Pod {
  const own = job.spec.pod_spec;
  if (!own) throw new Error(`prowjob ${JSON.stringify(job.metadata.name)} lacks a pod spec`);
  const env = jobEnv(job, buildId);
  const spec: PodSpec = { ...own, restartPolicy: "Never", containers: named(own.containers) };
  // Kubernetes mounts a token when nothing is said; a test rarely needs one.
  if (own.automountServiceAccountToken === undefined && !own.serviceAccountName) {
    spec.automountServiceAccountToken = false;
  }
  const decoration = job.spec.decoration_config;
  const finished = decoration ? decorated(spec, job, decoration, env) : withEnv(spec, env);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: job.metadata.name,
      ...labelsAndAnnotations(
        job.spec,
        { ...job.metadata.labels, [PROW_JOB_ID_LABEL]: job.metadata.name, [BUILD_ID_LABEL]: buildId },
        job.metadata.annotations,
      ),
    },
    spec: withTerminationLogs(finished),
  };
}

const named = (containers: Container[]): Container[] =>
  containers.length === 1 ? [{ ...containers[0]!, name: TEST_CONTAINER }] : containers;

const withEnv = (spec: PodSpec, env: Record<string, string>): PodSpec => ({
  ...spec,
  containers: spec.containers.map((container) => ({
    ...container,
    env: [...(container.env ?? []), ...envList(env)],
  })),
});

/** What a container wrote last explains its failure when the pod is gone. */
function withTerminationLogs(spec: PodSpec): PodSpec {
  const policy = (container: Container): Container =>
    container.terminationMessagePolicy
      ? container
      : { ...container, terminationMessagePolicy: "FallbackToLogsOnError" };
  return {
    ...spec,
    ...(spec.initContainers && { initContainers: spec.initContainers.map(policy) }),
    containers: spec.containers.map(policy),
  };
}

function decorated(
  spec: PodSpec,
  job: ProwJob,
  decoration: DecorationConfig,
  env: Record<string, string>,
): PodSpec {
  const refs = decoration.skip_cloning ? [] : allRefs(job.spec);
  const cloning = refs.length > 0;
  const secrets = cloning ? cloneSecrets(decoration) : undefined;
  const credentials = uploadVolumes(decoration);
  const upload: Upload = {
    options: uploadOptions(decoration),
    mounts: credentials.map(({ mount }) => mount),
    jobSpec: env[JOB_SPEC]!,
  };
  const whole = withEnv(spec, { ...env, ARTIFACTS: `${LOGS.mountPath}/artifacts`, GOPATH: CODE.mountPath });
  const tests = whole.containers.map((container) =>
    wrapped(container, decoration, spec.containers.length === 1 ? "" : container.name),
  );
  const censored = secretMounts(spec, decoration);
  const containers = tests.map(({ container }) =>
    withMemory(cloning ? withCode(container, refs) : container, decoration),
  );
  const entries = tests.map(({ wrapper }) => wrapper);
  return {
    ...spec,
    ...podDefaults(spec, decoration),
    initContainers: [
      ...(secrets ? [clonerefs(decoration, refs, secrets)] : []),
      ...(spec.initContainers ?? []),
      initupload(decoration, upload, cloning),
      placeEntrypoint(decoration),
    ],
    containers: [...containers, sidecar(decoration, upload, censored, entries)],
    volumes: [
      ...(spec.volumes ?? []),
      emptyDir(LOGS),
      emptyDir(TOOLS),
      ...credentials.map(({ volume }) => volume),
      ...(secrets ? [...secrets.volumes, emptyDir(CODE)] : []),
    ],
  };
}

/** Mounts of secrets in the job's own containers. */
function secretMounts(spec: PodSpec, decoration: DecorationConfig) {
  if (!decoration.censor_secrets) return [];
  const secret = new Set((spec.volumes ?? []).filter((volume) => volume.secret).map((volume) => volume.name));
  return spec.containers
    .flatMap((container) => container.volumeMounts ?? [])
    .filter((mount) => secret.has(mount.name));
}

function withCode(container: Container, refs: Refs[]): Container {
  const main = refs.find((ref) => ref.workdir) ?? refs[0]!;
  return {
    ...container,
    workingDir: joinPath(CODE.mountPath, "src", clonePath(main)),
    volumeMounts: [...(container.volumeMounts ?? []), CODE],
  };
}

function withMemory(container: Container, decoration: DecorationConfig): Container {
  const { requests, limits } = container.resources ?? {};
  const memory = requests?.["memory"] ?? decoration.default_memory_request;
  if (memory === undefined) return container;
  const limited = decoration.set_limit_equals_memory_request;
  return {
    ...container,
    resources: {
      ...container.resources,
      requests: { ...requests, memory },
      ...(limited && { limits: { ...limits, memory } }),
    },
  };
}

/** Fields of the pod that the decoration sets where the job does not. */
function podDefaults(spec: PodSpec, decoration: DecorationConfig): Partial<PodSpec> {
  const { affinity, tolerations } = decoration.scheduling_options ?? {};
  const grace = milliseconds(decoration.grace_period) / 1000;
  return {
    securityContext: {
      ...(decoration.run_as_user !== undefined && { runAsUser: decoration.run_as_user }),
      ...(decoration.run_as_group !== undefined && { runAsGroup: decoration.run_as_group }),
      ...(decoration.fs_group !== undefined && { fsGroup: decoration.fs_group }),
      ...(spec["securityContext"] as object | undefined),
    },
    ...(affinity !== undefined && spec["affinity"] === undefined && { affinity }),
    ...(tolerations !== undefined && spec["tolerations"] === undefined && { tolerations }),
    // A fifth of the whole is left for the upload after the test has been told to stop.
    ...(decoration.grace_period !== undefined &&
      spec.terminationGracePeriodSeconds === undefined && {
        terminationGracePeriodSeconds: Math.trunc((Math.trunc(grace) * 5) / 4),
      }),
    ...(!spec.serviceAccountName &&
      decoration.default_service_account_name !== undefined && {
        serviceAccountName: decoration.default_service_account_name,
      }),
  };
}
