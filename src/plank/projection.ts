// What plank keeps in memory of the objects that it follows: of jobs that are over and of pods only a little matters to it.
import type { ObjectMeta } from "../model/kube-object.ts";
import { RETEST_LABEL } from "../model/labels.ts";
import type { Pod } from "../model/pod.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import type { Refs } from "../model/refs.ts";

/** A job that is over is counted in metrics, and its pod may be there yet; a live one is kept whole. */
export function jobForPlank(job: ProwJob): ProwJob {
  if (!isComplete(job)) return { ...job, metadata: withoutManagers(job.metadata) };
  const { apiVersion, kind, metadata, spec, status } = job;
  const retest = metadata.labels?.[RETEST_LABEL];
  return {
    apiVersion,
    kind,
    metadata: { ...identity(metadata), ...(retest !== undefined && { labels: { [RETEST_LABEL]: retest } }) },
    spec: {
      ...{ type: spec.type, job: spec.job, agent: spec.agent, cluster: spec.cluster },
      ...(spec.refs && { refs: place(spec.refs) }),
      ...(spec.extra_refs && { extra_refs: spec.extra_refs.map(place) }),
    },
    status: { state: status.state, completionTime: status.completionTime },
  };
}

const place = ({ org, repo, base_ref }: Refs): Refs => ({ org, repo, base_ref });

/** What a pod does matters, not what it is made of, but for the build ID in its environment. */
export function podForPlank({ apiVersion, kind, metadata, spec, status }: Pod): Pod {
  const [first] = spec.containers;
  const env = first?.env?.filter(({ name }) => name === "BUILD_ID");
  return {
    apiVersion,
    kind,
    metadata: withoutManagers(metadata),
    spec: { containers: first ? [{ name: first.name, env }] : [] },
    status,
  };
}

const identity = ({
  name,
  namespace,
  uid,
  resourceVersion,
  creationTimestamp,
  deletionTimestamp,
}: ObjectMeta): ObjectMeta => ({
  ...{ name, namespace, uid, resourceVersion, creationTimestamp },
  ...(deletionTimestamp && { deletionTimestamp }),
});

function withoutManagers(metadata: ObjectMeta): ObjectMeta {
  const { managedFields: _managedFields, ...rest } = metadata as ObjectMeta & {
    managedFields?: unknown;
  };
  return rest;
}
