// The list of warnings, in the order in which Prow looks, and which of them run.
import { tideContextPolicy, tideStrictBranch } from "./branches.ts";
import { validateClusterField } from "./clusters.ts";
import { managedWebhooks, unknownFields, unknownFieldsAll, validateURLs } from "./file-warnings.ts";
import {
  allowedPresubmitTrigger,
  duplicateJobRefs,
  longJobNames,
  nonDecoratedJobs,
  periodicDefaultCloneConfig,
  requiredJobAnnotations,
  validDecorationConfig,
} from "./job-warnings.ts";
import { externalPlugins, templateFields } from "./own-remarks.ts";
import {
  absentPlugins,
  checksNeedApp,
  missingTrigger,
  probotApps,
  validateConfigUpdaterACLs,
  validateGitHubAppInstallation,
  validateLabel,
  validateOwners,
  verifyOwnersPresence,
} from "./plugin-warnings.ts";
import { validateSupplements } from "./supplements.ts";
import { mismatchedTide, mismatchedTideLenient, needsOkToTest } from "./tide-labels.ts";
import { validateUnmanaged } from "./unmanaged.ts";
import type { Facts, Finding, Warning } from "./warning.ts";

export const WARNINGS: readonly Warning[] = [
  verifyOwnersPresence,
  mismatchedTide,
  mismatchedTideLenient,
  nonDecoratedJobs,
  validDecorationConfig,
  longJobNames,
  duplicateJobRefs,
  periodicDefaultCloneConfig,
  needsOkToTest,
  managedWebhooks,
  validateOwners,
  missingTrigger,
  validateURLs,
  unknownFieldsAll,
  unknownFields,
  tideStrictBranch,
  tideContextPolicy,
  validateClusterField,
  validateSupplements,
  validateUnmanaged,
  validateGitHubAppInstallation,
  validateLabel,
  validateConfigUpdaterACLs,
  requiredJobAnnotations,
  allowedPresubmitTrigger,
  absentPlugins,
  checksNeedApp,
  probotApps,
  templateFields,
  externalPlugins,
];

/** One that runs makes the other superfluous. */
const COVERED_BY: Readonly<Record<string, string>> = {
  "mismatched-tide-lenient": "mismatched-tide",
  "unknown-fields": "unknown-fields-all",
};

/** Old spellings that are still taken. */
const ALIASES: Readonly<Record<string, string>> = {
  "validate-supplemental-prow-config-hirarchy": "validate-supplemental-prow-config-hierarchy",
};

export interface Choice {
  warnings: readonly string[];
  excluded: readonly string[];
  expensive: boolean;
  includeDefaults: boolean;
  /** Warnings that other settings ask for. */
  also?: readonly string[];
}

/** The warnings that run. */
export function chosen({ warnings, excluded, expensive, includeDefaults, also = [] }: Choice): Warning[] {
  const names = new Set([...warnings, ...also].map((name) => ALIASES[name] ?? name));
  if (!warnings.length || includeDefaults) {
    for (const { name, group } of WARNINGS) if (group === "default" || expensive) names.add(name);
  }
  for (const name of excluded) names.delete(ALIASES[name] ?? name);
  return WARNINGS.filter(
    ({ name, group }) => group === "always" || (names.has(name) && !names.has(COVERED_BY[name] ?? "")),
  );
}

/** Names that `--warnings` takes. */
export const warningNames = (): string[] =>
  WARNINGS.filter(({ group }) => group !== "always").map(({ name }) => name);

export interface NamedFinding extends Finding {
  warning: string;
}

export const findings = (facts: Facts, warnings: readonly Warning[]): NamedFinding[] =>
  warnings.flatMap(({ name, check }) => check(facts).map((finding) => ({ ...finding, warning: name })));
