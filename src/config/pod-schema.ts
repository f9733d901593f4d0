// A job's pod spec as Kubernetes types it: every field known, quantities canonical.
import type { Schema } from "../lib/schema.ts";
import type { EnvVar, PodSpec, Volume, VolumeMount } from "../model/pod.ts";
import { podType } from "../model/pod-types.ts";

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export const podSpecSchema = podType("PodSpec") as Schema<PodSpec>;
export const envVarSchema = podType("EnvVar") as Schema<EnvVar>;
export const volumeSchema = podType("Volume") as Schema<Volume>;
export const volumeMountSchema = podType("VolumeMount") as Schema<VolumeMount>;
export const tolerationSchema = podType("Toleration") as Schema<Toleration>;
