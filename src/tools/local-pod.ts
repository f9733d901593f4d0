// A pod for a cluster on one's own machine: what the pod utilities would upload is copied into a directory of the node.
import { podFor } from "../jobs/pod.ts";
import { JOB_SPEC } from "../model/job-spec.ts";
import { CREATED_BY_PROW } from "../model/labels.ts";
import type { Container, Pod, Volume } from "../model/pod.ts";
import type { ProwJob } from "../model/prowjob.ts";

const OUTPUT = { name: "output", mountPath: "/output" };
/** Those that upload. */
const UPLOADERS = ["initupload", "sidecar"];

/** `directory` is one of the node. Needs no credentials for storage. Throws when the job has no pod spec. */
export function localPod(job: ProwJob, buildId: string, directory: string): Pod {
  const decoration = job.spec.decoration_config;
  if (!decoration) return podFor(job, buildId);
  const { gcs_credentials_secret: _gcs, s3_credentials_secret: _s3, ...rest } = decoration;
  const local: ProwJob = {
    ...job,
    spec: {
      ...job.spec,
      decoration_config: {
        ...rest,
        gcs_configuration: { ...decoration.gcs_configuration, local_output_dir: OUTPUT.mountPath },
      },
    },
  };
  const pod = podFor(local, buildId);
  // What the job is told of itself is the same as in production.
  const jobSpec = jobSpecIn(podFor(job, buildId));
  const adapt = (container: Container): Container => ({
    ...container,
    ...(container.env && {
      env: container.env.map((variable) =>
        variable.name === JOB_SPEC ? { ...variable, value: jobSpec } : variable,
      ),
    }),
    ...(UPLOADERS.includes(container.name ?? "") && {
      volumeMounts: [...(container.volumeMounts ?? []), OUTPUT],
    }),
  });
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(pod.spec.initContainers && { initContainers: pod.spec.initContainers.map(adapt) }),
      containers: pod.spec.containers.map(adapt),
      volumes: [...(pod.spec.volumes ?? []), { name: OUTPUT.name, hostPath: { path: directory } }],
    },
  };
}

const jobSpecIn = ({ spec }: Pod): string =>
  spec.containers.flatMap(({ env = [] }) => env).find(({ name }) => name === JOB_SPEC)?.value ?? "";

/** Volumes that a machine of one's own may not have. */
export const clusterVolumes = ({ spec }: Pod): string[] =>
  (spec.volumes ?? []).filter((volume) => !volume["hostPath"] && !volume["emptyDir"]).map(({ name }) => name);

/** `choices` by name of the volume: `empty`, or a path of the node. */
export function withVolumes(pod: Pod, choices: ReadonlyMap<string, string>): Pod {
  const replaced = (volume: Volume): Volume => {
    const choice = choices.get(volume.name);
    if (choice === undefined) return volume;
    return choice === "empty" || choice.toLowerCase() === "emptydir"
      ? { name: volume.name, emptyDir: {} }
      : { name: volume.name, hostPath: { path: choice } };
  };
  return { ...pod, spec: { ...pod.spec, volumes: (pod.spec.volumes ?? []).map(replaced) } };
}

/** Without the label by which sinker would find a pod without a ProwJob, and delete it. */
export function withoutProwsLabel(pod: Pod): Pod {
  const { [CREATED_BY_PROW]: _label, ...labels } = pod.metadata.labels ?? {};
  return { ...pod, metadata: { ...pod.metadata, labels } };
}
