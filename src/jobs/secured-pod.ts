// A pod as the Pod Security Standard `restricted` wants it: what says nothing about its rights is given few of them.
import type { Config } from "../config/config.ts";
import { podSecurity } from "../config/pod-security.ts";
import { isRecord } from "../lib/schema.ts";
import type { Container, Pod } from "../model/pod.ts";

type Context = Readonly<Record<string, unknown>>;

const contextOf = (thing: { [field: string]: unknown }): Context => {
  const context = thing["securityContext"];
  return isRecord(context) ? context : {};
};

/** The pod as `plank.pod_security` wants it in the build cluster. */
export const securedPod = (config: Pick<Config, "plank">, cluster: string, pod: Pod): Pod =>
  podSecurity(config, cluster) === "restricted" ? restrictedPod(pod) : pod;

/**
 * What the job says stays: where it asks for more than the standard allows, the API server says so in its own words, and
 * the job ends with them. The standard has other rules for Windows, whose pods are left as they are.
 */
function restrictedPod(pod: Pod): Pod {
  const { spec } = pod;
  const os = spec["os"];
  if (isRecord(os) && os["name"] === "windows") return pod;
  const securityContext = {
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
    ...said(contextOf(spec)),
  };
  return {
    ...pod,
    spec: {
      ...spec,
      securityContext,
      ...(spec.initContainers && { initContainers: spec.initContainers.map(restricted) }),
      containers: spec.containers.map(restricted),
    },
  };
}

function restricted(container: Container): Container {
  const context = contextOf(container);
  const { add, drop } = isRecord(context["capabilities"]) ? context["capabilities"] : {};
  const dropped = Array.isArray(drop) ? drop.map(String) : [];
  const capabilities = {
    ...(Array.isArray(add) && { add }),
    drop: dropped.includes("ALL") ? dropped : [...dropped, "ALL"],
  };
  // Kubernetes refuses the two at once with words about that, which would hide what is wrong.
  const escalation = context["privileged"] === true ? {} : { allowPrivilegeEscalation: false };
  return { ...container, securityContext: { ...escalation, ...said(context), capabilities } };
}

const said = (context: Context): Context =>
  Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined && value !== null));
