// Presets: environment, volumes and tolerations for every job that carries their labels.
import type { Container, PodSpec } from "../model/pod.ts";
import type { Blame } from "./fault.ts";
import type { Preset } from "./job.ts";

type Labels = Readonly<Record<string, string>>;

/** The labels of each preset as pairs, made once. */
const pairs = new WeakMap<Preset, [string, string][]>();

function applies(preset: Preset, jobLabels: Labels): boolean {
  let wanted = pairs.get(preset);
  if (!wanted) {
    wanted = Object.entries(preset.labels ?? {});
    pairs.set(preset, wanted);
  }
  return wanted.every(([key, value]) => jobLabels[key] === value);
}

/** The pod spec with every fitting preset in it; a name that is there already is blamed on the job. */
export function withPresets(
  spec: PodSpec,
  labels: Labels,
  presets: readonly Preset[],
  blame: Blame,
): PodSpec {
  const fitting = presets.filter((preset) => applies(preset, labels));
  return fitting.reduce((merged, preset) => withPreset(merged, preset, blame), spec);
}

function withPreset(spec: PodSpec, preset: Preset, blame: Blame): PodSpec {
  const merged: PodSpec = {
    ...spec,
    containers: (spec.containers ?? []).map((one) => inContainer(one, preset, blame)),
  };
  if (preset.volumes?.length) {
    merged.volumes = [...(spec.volumes ?? [])];
    for (const volume of preset.volumes) {
      const twice = merged.volumes.some(({ name }) => name === volume.name);
      if (twice) blame(`volume duplicated in pod spec: ${volume.name}`, ["spec", "volumes"]);
      merged.volumes.push(volume);
    }
  }
  if (preset.tolerations?.length) {
    const tolerations = [...((spec["tolerations"] as object[] | undefined) ?? [])];
    for (const toleration of preset.tolerations) {
      const text = JSON.stringify(toleration);
      const twice = tolerations.some((one) => JSON.stringify(one) === text);
      if (twice) blame(`toleration duplicated in pod spec: ${text}`, ["spec", "tolerations"]);
      tolerations.push(toleration);
    }
    merged["tolerations"] = tolerations;
  }
  return merged;
}

function inContainer(container: Container, { env = [], volumeMounts = [] }: Preset, blame: Blame): Container {
  if (!env.length && !volumeMounts.length) return container;
  for (const variable of env) {
    const twice = container.env?.some(({ name }) => name === variable.name);
    if (twice) blame(`env var duplicated in pod spec: ${variable.name}`, ["spec", "containers"]);
  }
  for (const mount of volumeMounts) {
    const twice = container.volumeMounts?.some(({ name }) => name === mount.name);
    if (twice) blame(`volume mount duplicated in pod spec: ${mount.name}`, ["spec", "containers"]);
  }
  return {
    ...container,
    ...(env.length && { env: [...(container.env ?? []), ...env] }),
    ...(volumeMounts.length && { volumeMounts: [...(container.volumeMounts ?? []), ...volumeMounts] }),
  };
}

/** A label and value may choose one preset only. Blames the second, by its index. */
export function checkPresets(
  presets: readonly Preset[],
  blame: (preset: Preset, message: string) => void,
): void {
  const seen = new Set<string>();
  for (const preset of presets) {
    for (const [label, value] of Object.entries(preset.labels ?? {})) {
      const pair = `${label}:${value}`;
      if (seen.has(pair)) blame(preset, `duplicated preset 'label:value' pair : ${pair}`);
      seen.add(pair);
    }
  }
}
