// A core/v1 Node: told as it is, none of its fields is read.
import type { Kind, KubeObject } from "./kube-object.ts";

export const NODE: Kind<KubeObject> = {
  group: "",
  version: "v1",
  plural: "nodes",
  kind: "Node",
  namespaced: false,
};
