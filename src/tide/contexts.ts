// Which contexts of a pull request must have succeeded: those of its presubmits, and what `context_options` says.
import { branchRequirements } from "../config/branch-requirements.ts";
import type { Config } from "../config/config.ts";
import type { Presubmit } from "../config/job.ts";
import { type ContextPolicyOptions, contextOptions, protectionContexts } from "../config/tide.ts";
import { centralPresubmits } from "../jobs/repo-jobs.ts";
import { type Regex, regex } from "../lib/re2.ts";
import type { RepoRef } from "../model/github.ts";
import type { Context } from "./pull-request.ts";

/** The context in which tide itself reports. */
export const TIDE_CONTEXT = "tide";

export interface ContextPolicy {
  required: readonly string[];
  requiredIfPresent: readonly string[];
  optional: readonly string[];
  /** RE2 expressions; a context that matches one is optional. */
  optionalPatterns: readonly string[];
  /** Contexts that nobody named are optional. */
  skipUnknown: boolean;
}

export interface PolicySources {
  branch: string;
  /** `context_options` after inheritance: global, org, repo, branch. */
  options: ContextPolicyOptions;
  presubmits: readonly Presubmit[];
  /** Contexts that branch protection requires, when the options say to follow it. */
  protection?: readonly string[];
  /** Branch protection makes jobs required that run on demand only. */
  requireManual: boolean;
}

/** `presubmits`: all that the repository has; default: those of the central configuration. */
export function policySources(
  config: Config,
  repo: RepoRef,
  branch: string,
  presubmits: readonly Presubmit[] = centralPresubmits(config, repo),
): PolicySources {
  const protection = protectionContexts(config, repo, branch, presubmits);
  return {
    branch,
    options: contextOptions(config, repo, branch),
    presubmits,
    ...(protection && { protection: protection.contexts }),
    requireManual: protection?.allRequired ?? false,
  };
}

/** A batch's results replace those of its pull requests' own jobs that have not ended. */
export const overwritesPending = (config: Config, repo: RepoRef, branch: string): boolean =>
  contextOptions(config, repo, branch)["overwrite-pending-contexts"] ?? false;

/** Throws when a context would be two things at once. */
export function contextPolicy({
  branch,
  options,
  presubmits,
  protection = [],
  requireManual,
}: PolicySources): ContextPolicy {
  const jobs = branchRequirements(branch, presubmits, requireManual);
  const required = new Set([...(options["required-contexts"] ?? []), ...protection, ...jobs.required]);
  const requiredIfPresent = new Set([
    ...(options["required-if-present-contexts"] ?? []),
    ...jobs.requiredIfPresent,
  ]);
  const optional = new Set([...(options["optional-contexts"] ?? []), ...jobs.optional]);
  refuseOverlap(required, optional, "required and optional");
  refuseOverlap(required, requiredIfPresent, "required and required if present");
  refuseOverlap(optional, requiredIfPresent, "optional and required if present");
  const optionalPatterns = options["optional-regex-contexts"] ?? [];
  for (const pattern of optionalPatterns) {
    refuseMatch(pattern, required, "required");
    refuseMatch(pattern, requiredIfPresent, "required if present");
  }
  return {
    required: [...required].sort(),
    requiredIfPresent: [...requiredIfPresent].sort(),
    optional: [...optional].sort(),
    optionalPatterns,
    skipUnknown: options["skip-unknown-contexts"] ?? false,
  };
}

function refuseOverlap(a: ReadonlySet<string>, b: ReadonlySet<string>, what: string): void {
  const both = [...a].filter((context) => b.has(context)).sort();
  if (both.length > 0) throw new Error(`contexts ${both.join(", ")} are defined as ${what}`);
}

function refuseMatch(pattern: string, contexts: ReadonlySet<string>, what: string): void {
  const compiled = optionalPattern(pattern);
  const clash = [...contexts].sort().find((context) => compiled.test(context));
  if (clash !== undefined) {
    throw new Error(`optional context regex "${pattern}" matches ${what} context ${clash}`);
  }
}

function optionalPattern(pattern: string): Regex {
  try {
    return regex(pattern);
  } catch (error) {
    throw new Error(`optional context regex "${pattern}" doesn't compile: ${String(error)}`);
  }
}

export function isOptional(policy: ContextPolicy, context: string): boolean {
  if (policy.optional.includes(context)) return true;
  if (policy.optionalPatterns.some((pattern) => regex(pattern).test(context))) return true;
  if (policy.required.includes(context) || policy.requiredIfPresent.includes(context)) return false;
  return policy.skipUnknown;
}

export const missingRequired = (policy: ContextPolicy, present: Iterable<string>): string[] => {
  const there = new Set(present);
  return policy.required.filter((context) => !there.has(context));
};

/** Contexts that stand in the way of a merge; one that is required and absent is EXPECTED. */
export function unsuccessful(contexts: readonly Context[], policy: ContextPolicy): Context[] {
  const names = contexts.map(({ context }) => context);
  return [
    ...contexts.filter(
      ({ context, state }) => context !== TIDE_CONTEXT && !isOptional(policy, context) && state !== "SUCCESS",
    ),
    ...missingRequired(policy, names).map((context) => ({
      context,
      description: "",
      state: "EXPECTED" as const,
    })),
  ];
}
