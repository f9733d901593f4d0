// The ProwJob resource, defined just enough for plank's tests: any field, and no status subresource, as upstream's.
import type { Kube } from "../../src/kube/port.ts";
import { CUSTOM_RESOURCE } from "../../src/model/custom-resource.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { PROW_JOB } from "../../src/model/prowjob.ts";
import { until } from "./end-to-end.ts";

export async function defineProwJobs(kube: Kube): Promise<void> {
  const { group, version, plural, kind } = PROW_JOB;
  const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const definition = {
    metadata: {
      name: `${plural}.${group}`,
      annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes/test-infra/pull/8669" },
    },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, kind, singular: "prowjob", listKind: "ProwJobList" },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
  await kube.write.create(CUSTOM_RESOURCE, definition as KubeObject);
  // A definition is served a moment after it is accepted.
  await until(async () => {
    const list = kube.read.list(PROW_JOB, { namespace: "default" });
    return list.then(
      () => true,
      () => false,
    );
  }, "ProwJobs are served");
}
