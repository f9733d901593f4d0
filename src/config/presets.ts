// Presets: environment, volumes and tolerations for every job that carries their labels.
import { madeOnce } from "../lib/kept/made-once.ts";
import type { Container, PodSpec } from "../model/pod.ts";
import type { Blame } from "./fault.ts";
import type { Preset } from "./job.ts";

type Labels = Readonly<Record<string, string>>;

/** A preset by its first label, which a job has or has not; most presets are passed over by that alone. */
interface Choice {
  preset: Preset;
  /** Every label that it wants. */
  wanted: readonly (readonly [string, string])[];
  index: number;
}

interface Choices {
  always: readonly Choice[];
  byLabel: ReadonlyMap<string, readonly Choice[]>;
}

const choicesOf = madeOnce((presets: readonly Preset[]): Choices => {
  const all = presets.map((preset, index) => ({
    preset,
    wanted: Object.entries(preset.labels ?? {}),
    index,
  }));
  return {
    always: all.filter(({ wanted }) => !wanted.length),
    byLabel: Map.groupBy(
      all.filter(({ wanted }) => wanted.length),
      ({ wanted }) => wanted[0]![0],
    ),
  };
});

/** In the order of the files. */
function fittingPresets(labels: Labels, presets: readonly Preset[]): readonly Choice[] {
  const { always, byLabel } = choicesOf(presets);
  let fitting = always;
  for (const label in labels) {
    for (const choice of byLabel.get(label) ?? []) {
      if (choice.wanted.every(([key, value]) => labels[key] === value)) fitting = [...fitting, choice];
    }
  }
  return fitting.length > 1 ? [...fitting].sort((a, b) => a.index - b.index) : fitting;
}

/** The pod spec with every fitting preset in it; a name that is there already is blamed on the job. */
export function withPresets(
  spec: PodSpec,
  labels: Labels,
  presets: readonly Preset[],
  blame: Blame,
): PodSpec {
  const fitting = fittingPresets(labels, presets);
  if (!fitting.length) return spec;
  const merged: PodSpec = { ...spec, containers: (spec.containers ?? []).map((one) => ({ ...one })) };
  for (const { preset } of fitting) addPreset(merged, preset, blame);
  return merged;
}

/** The spec and its containers are copies already, the lists in them are not. */
function addPreset(spec: PodSpec, preset: Preset, blame: Blame): void {
  for (const container of spec.containers) addToContainer(container, preset, blame);
  if (preset.volumes?.length) {
    spec.volumes = [...(spec.volumes ?? [])];
    for (const volume of preset.volumes) {
      const twice = spec.volumes.some(({ name }) => name === volume.name);
      if (twice) blame(`volume duplicated in pod spec: ${volume.name}`, ["spec", "volumes"]);
      spec.volumes.push(volume);
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
    spec["tolerations"] = tolerations;
  }
}

function addToContainer(container: Container, { env = [], volumeMounts = [] }: Preset, blame: Blame): void {
  for (const variable of env) {
    const twice = container.env?.some(({ name }) => name === variable.name);
    if (twice) blame(`env var duplicated in pod spec: ${variable.name}`, ["spec", "containers"]);
  }
  for (const mount of volumeMounts) {
    const twice = container.volumeMounts?.some(({ name }) => name === mount.name);
    if (twice) blame(`volume mount duplicated in pod spec: ${mount.name}`, ["spec", "containers"]);
  }
  if (env.length) container.env = [...(container.env ?? []), ...env];
  if (volumeMounts.length) container.volumeMounts = [...(container.volumeMounts ?? []), ...volumeMounts];
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
