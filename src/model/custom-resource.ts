// The definition of a custom resource.
import type { Kind } from "./kube-object.ts";

export const CUSTOM_RESOURCE: Kind = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};
