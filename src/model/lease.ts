// A Kubernetes Lease: who holds something, and until when.
import type { Kind, KubeObject } from "./kube-object.ts";

export interface Lease extends KubeObject {
  spec: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    /** MicroTime, e.g. 2026-01-02T03:04:05.000000Z. */
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export const LEASE: Kind<Lease> = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
};
