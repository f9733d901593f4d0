// The mark of the queue's memory on a cluster that keeps one ConfigMap, with the API server's preconditions.
import { configMapMarks, type Marks } from "../../src/hook/mark-store.ts";
import { KubeError } from "../../src/kube/error.ts";
import type { Kube } from "../../src/kube/port.ts";
import type { ConfigMap } from "../../src/model/config-map.ts";

export interface KeptMarks {
  marks: Marks;
  stored(): ConfigMap | undefined;
  /** Every request is answered with it from now on. */
  refuse(status: number): void;
  /** Somebody else writes before the next write gets there. */
  overtake(): void;
}

export function keptMarks(): KeptMarks {
  let kept: ConfigMap | undefined;
  let version = 0;
  let refusal: number | undefined;
  let overtaken = false;
  const answer = <T>(make: () => T): T => {
    if (refusal !== undefined) throw new KubeError(refusal, "", "no");
    return make();
  };
  const store = (next: ConfigMap) => {
    kept = { ...next, metadata: { ...next.metadata, resourceVersion: `${++version}` } };
    return kept;
  };
  const write = (next: ConfigMap) =>
    answer(() => {
      if (overtaken) store(kept ?? { metadata: next.metadata, data: {} });
      overtaken = false;
      if (next.metadata.resourceVersion !== kept?.metadata.resourceVersion)
        throw new KubeError(409, kept ? "Conflict" : "AlreadyExists", "modified");
      return store(next);
    });
  const kube = {
    read: { get: async () => answer(() => kept) },
    write: {
      create: async (_: unknown, object: ConfigMap) => write(object),
      replace: async (_: unknown, object: ConfigMap) => write(object),
    },
  } as unknown as Kube;
  return {
    marks: configMapMarks(kube, () => "prow"),
    stored: () => kept,
    refuse(status) {
      refusal = status;
    },
    overtake() {
      overtaken = true;
    },
  };
}
