// What a job's pod spec may not have, since decoration and the job's environment need it.
import type { Path } from "../../lib/schema.ts";
import type { DecorationConfig } from "../../model/decoration-config.ts";
import type { Container, PodSpec } from "../../model/pod.ts";
import type { ProwJobType } from "../../model/prowjob.ts";
import {
  RESERVED_CONTAINERS,
  reservedEnv,
  reservedVolumes,
  TEST_MOUNT_PATHS,
  TEST_MOUNTS,
} from "../../model/reserved-names.ts";
import type { Blame } from "../fault.ts";

export function checkPodSpec(
  type: ProwJobType,
  spec: PodSpec,
  decoration: DecorationConfig | undefined,
  blame: Blame,
) {
  const refused = (spec.initContainers ?? []).filter((one) => one["restartPolicy"] !== "Always");
  if (refused.length) {
    const names = refused.map(({ name }) => name).join(" ");
    blame(`pod spec may not use init containers(sidecar container is supported): [${names}]`, [
      "spec",
      "initContainers",
    ]);
  }
  const containers = spec.containers ?? [];
  if (!containers.length) {
    blame("pod spec must specify at least 1 container, found: 0", ["spec"]);
    return;
  }
  if (containers.length > 1 && !decoration) {
    blame(
      `pod utility decoration must be enabled to use multiple containers: ${containers.length}`,
      ["spec", "containers"],
      "set decorate: true",
    );
    return;
  }
  if (containers.length > 1) checkNames(containers, blame);
  for (const [i, container] of containers.entries()) checkEnv(type, container, at(blame, i));
  const volumes = checkVolumes(spec, decoration, blame);
  const reserved = reservedVolumes(decoration);
  for (const [i, container] of containers.entries()) checkMounts(container, volumes, reserved, at(blame, i));
}

const at =
  (blame: Blame, index: number): Blame =>
  (message, path: Path = [], hint) =>
    blame(message, ["spec", "containers", index, ...path], hint);

function checkNames(containers: Container[], blame: Blame): void {
  const seen = new Set<string>();
  for (const [i, { name }] of containers.entries()) {
    const here = at(blame, i);
    if (!name)
      here("container does not have name. all containers must have names when defining multiple containers");
    if (seen.has(name)) here(`container named "${name}" is defined more than once`, ["name"]);
    seen.add(name);
    if (RESERVED_CONTAINERS.includes(name)) {
      here(
        `container name ${name} is a reserved for decoration. please specify a different container name that does not conflict with pod utility container names`,
        ["name"],
      );
    }
  }
}

function checkEnv(type: ProwJobType, { env = [] }: Container, blame: Blame): void {
  if (!env.length) return;
  const seen = new Set<string>();
  const reserved = reservedEnv(type);
  for (const [i, { name }] of env.entries()) {
    if (seen.has(name)) blame(`env var named "${name}" is defined more than once`, ["env", i]);
    seen.add(name);
    if (reserved.includes(name)) blame(`env ${name} is reserved`, ["env", i]);
  }
}

function checkVolumes(spec: PodSpec, decoration: DecorationConfig | undefined, blame: Blame): Set<string> {
  const reserved = reservedVolumes(decoration);
  const seen = new Set<string>();
  for (const [i, { name }] of (spec.volumes ?? []).entries()) {
    if (seen.has(name)) blame(`volume named "${name}" is defined more than once`, ["spec", "volumes", i]);
    seen.add(name);
    if (reserved.has(name)) blame(`volume ${name} is a reserved for decoration`, ["spec", "volumes", i]);
  }
  return seen;
}

function checkMounts(
  { volumeMounts = [] }: Container,
  volumes: Set<string>,
  reserved: ReadonlySet<string>,
  blame: Blame,
) {
  for (const [i, { name, mountPath }] of volumeMounts.entries()) {
    const path = ["volumeMounts", i];
    if (!volumes.has(name) && !reserved.has(name)) blame(`volumeMount named "${name}" is undefined`, path);
    if (TEST_MOUNTS.includes(name)) blame(`volumeMount name ${name} is reserved for decoration`, path);
    if (TEST_MOUNT_PATHS.includes(mountPath)) {
      blame(`mount ${name} at ${mountPath} conflicts with decoration mount`, path);
    }
  }
}
