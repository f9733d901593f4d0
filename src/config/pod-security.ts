// Whether the pods of a build cluster are made to pass the Pod Security Standard `restricted`, in a namespace that enforces it.
import type { Config } from "./config.ts";

export type PodSecurity = "restricted" | "prow";

/** The cluster's own word, else that for `*`, else Prow's. */
export function podSecurity({ plank }: Pick<Config, "plank">, cluster: string): PodSecurity {
  const asked = plank.pod_security ?? {};
  const key = [cluster, "*"].find((candidate) => Object.hasOwn(asked, candidate));
  return (key !== undefined && asked[key]) || "prow";
}
