// What a container may not have when the repository's own configuration asks for it.
import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../lib/schema.ts";
import type { Container } from "../model/pod.ts";
import { fieldsOf, isSaid, type Raised, type Rule, recordsAt, rootRules, unconfined } from "./pod-rule.ts";

/** What the runtime gives anyway, as Kubernetes' Pod Security Standard `baseline` has them. */
const CAPABILITIES = new Set([
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"],
  ...["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
]);

/** What `restricted` leaves, where plain pods are made to pass it. */
const RESTRICTED_CAPABILITIES = new Set(["NET_BIND_SERVICE"]);

function capabilitiesOf({ securityContext: context }: Container): ReadonlySet<string> {
  const { drop } = isRecord(context?.["capabilities"]) ? context["capabilities"] : {};
  return Array.isArray(drop) && drop.includes("ALL") ? RESTRICTED_CAPABILITIES : CAPABILITIES;
}

/** Where a variable may come from: what the pod is. */
const OWN_SOURCES = new Set(["fieldRef", "resourceFieldRef"]);

const contextRule: Rule<Container> = ({ securityContext: context }, base) => {
  if (!isRecord(context)) return [];
  const found = [...rootRules(context), ...unconfined(context)];
  if (context["privileged"] === true)
    found.push({ path: ["privileged"], why: "a privileged container has the node" });
  if (context["allowPrivilegeEscalation"] === true)
    found.push({
      path: ["allowPrivilegeEscalation"],
      why: "a process could get more rights than it began with",
    });
  if (isSaid(context["procMount"]) && context["procMount"] !== "" && context["procMount"] !== "Default")
    found.push({ path: ["procMount"], why: "what the runtime hides of /proc would be seen" });
  const { add } = isRecord(context["capabilities"]) ? context["capabilities"] : {};
  const usual = capabilitiesOf(base);
  const more = (Array.isArray(add) ? add : []).filter((one) => !usual.has(String(one)));
  if (more.length > 0)
    found.push({ path: ["capabilities", "add"], why: `${more.join(", ")}: more than a plain pod is given` });
  return found.map(({ path, why }) => ({ path: ["securityContext", ...path], why }));
};

const envRule: Rule<Container> = ({ env }, base) =>
  recordsAt(env).flatMap(([variable, i]) => {
    const { valueFrom } = variable;
    if (!isRecord(valueFrom) || base.env?.some((one) => isDeepStrictEqual(one, variable))) return [];
    return fieldsOf(valueFrom)
      .filter((source) => !OWN_SOURCES.has(source) && isSaid(valueFrom[source]))
      .map((source) => ({ path: ["env", i, "valueFrom", source], why: "it can hold a secret" }));
  });

const envFromRule: Rule<Container> = ({ envFrom }) =>
  recordsAt(envFrom).map(([, i]) => ({ path: ["envFrom", i], why: "it can hold secrets" }));

const portRule: Rule<Container> = ({ ports }) =>
  recordsAt(ports).flatMap(([{ hostPort, hostIP }, i]) => [
    ...(hostPort ? [{ path: ["ports", i, "hostPort"], why: "it is a port of the node" }] : []),
    ...(hostIP ? [{ path: ["ports", i, "hostIP"], why: "it is an address of the node" }] : []),
  ]);

const deviceRule: Rule<Container> = ({ volumeDevices, resources }) => [
  ...recordsAt(volumeDevices).map(([, i]) => ({ path: ["volumeDevices", i], why: "it is a disk of others" })),
  ...(isRecord(resources) && recordsAt((resources as Record<string, unknown>)["claims"]).length > 0
    ? [{ path: ["resources", "claims"], why: "it claims devices of the node" }]
    : []),
];

/** The node's own agent makes these requests, from the node's network. */
const probeRule: Rule<Container> = ({ lifecycle, livenessProbe, readinessProbe, startupProbe }) => {
  const hooks = isRecord(lifecycle) ? lifecycle : {};
  const handlers: [(string | number)[], unknown][] = [
    [["lifecycle", "postStart"], hooks["postStart"]],
    [["lifecycle", "preStop"], hooks["preStop"]],
    [["livenessProbe"], livenessProbe],
    [["readinessProbe"], readinessProbe],
    [["startupProbe"], startupProbe],
  ];
  return handlers.flatMap(([path, handler]) =>
    ["httpGet", "tcpSocket"].flatMap((kind) => {
      const asked = isRecord(handler) ? handler[kind] : undefined;
      if (!isRecord(asked) || !asked["host"]) return [];
      return [{ path: [...path, kind, "host"], why: "the node would ask another host" }];
    }),
  );
};

const RULES: readonly Rule<Container>[] = [
  contextRule,
  envRule,
  envFromRule,
  portRule,
  deviceRule,
  probeRule,
];

/** `base` as for a rule; `own` are the volumes of the job itself: all others are the decoration's. */
export function containerRules(container: Container, base: Container, own: ReadonlySet<string>): Raised[] {
  const mounts = recordsAt(container.volumeMounts).flatMap(([{ name, mountPropagation }, i]): Raised[] => [
    ...(!own.has(String(name))
      ? [{ path: ["volumeMounts", i, "name"], why: "the decoration's own volumes hold its credentials" }]
      : []),
    ...(mountPropagation === "Bidirectional"
      ? [{ path: ["volumeMounts", i, "mountPropagation"], why: "what it mounts the node would have, too" }]
      : []),
  ]);
  return [...RULES.flatMap((rule) => rule(container, base)), ...mounts];
}
