// Which contexts of a pull request must have succeeded: those of its presubmits, and what `context_options` says.
import type { Config } from "../config/config.ts";
import type { Presubmit } from "../config/job.ts";
import { type ContextPolicyOptions, contextOptions, protectionContexts } from "../config/tide.ts";
import { contextRequired, couldRun, needsExplicitTrigger, runsConditionally } from "../jobs/filter.ts";
import { regex } from "../lib/re2.ts";
import { type RepoRef, repoName } from "../model/github.ts";
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

export function policySources(config: Config, repo: RepoRef, branch: string): PolicySources {
  const protection = protectionContexts(config, repo, branch);
  return {
    branch,
    options: contextOptions(config, repo, branch),
    presubmits: config.presubmits[repoName(repo)] ?? [],
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
  const required = new Set([...(options["required-contexts"] ?? []), ...protection]);
  const requiredIfPresent = new Set(options["required-if-present-contexts"]);
  const optional = new Set(options["optional-contexts"]);
  for (const job of presubmits) {
    if (!job.context || !couldRun(job, branch)) continue;
    if (!contextRequired(job)) optional.add(job.context);
    else if (requireManual && needsExplicitTrigger(job)) required.add(job.context);
    else if (runsConditionally(job)) requiredIfPresent.add(job.context);
    else required.add(job.context);
  }
  refuseOverlap(required, optional, "required and optional");
  refuseOverlap(required, requiredIfPresent, "required and required if present");
  refuseOverlap(optional, requiredIfPresent, "optional and required if present");
  const optionalPatterns = options["optional-regex-contexts"] ?? [];
  for (const pattern of optionalPatterns) {
    const clash = [...required, ...requiredIfPresent].find((context) => regex(pattern).test(context));
    if (clash) throw new Error(`optional context regex "${pattern}" matches required context ${clash}`);
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
