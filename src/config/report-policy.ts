// Where a pull request's own jobs may not report: in the name of somebody else, and to people who did not ask for it.
import { refOfScope } from "../model/github.ts";
import type { Config } from "./config.ts";
import type { JobBase } from "./job.ts";
import type { Raised } from "./pod-rule.ts";

/** Set by tide and by the plugin of that name. */
const OURS = ["tide", "dco"];

const PUBSUB = "prow.k8s.io/pubsub.";

/** Paths are below the job. `repo` is org/repo. */
export function raisedByReports(job: JobBase & { context?: string }, repo: string, config: Config): Raised[] {
  const { context = "", reporter_config: reporter } = job;
  const found: Raised[] = [];
  if (contextsOfOthers(config, repo).has(context))
    found.push({ path: ["context"], why: "a merge needs it of something else, which would not be asked" });
  if (reporter?.slack)
    found.push({ path: ["reporter_config", "slack"], why: "it could say anything in any channel of Slack" });
  for (const kind of ["annotations", "labels"] as const)
    for (const name of Object.keys(job[kind] ?? {}))
      if (name.startsWith(PUBSUB)) found.push({ path: [kind, name], why: "it could be told to any topic" });
  return found;
}

/** Contexts that the configuration names itself, on whatever branch. A job of the repository's own may be among them. */
function contextsOfOthers(
  { tide, "branch-protection": protection }: Config,
  repo: string,
): ReadonlySet<string> {
  const { org, repo: name } = refOfScope(repo);
  const policies = levels(protection, org, name).map((level) => level.required_status_checks?.contexts);
  const options = levels(tide.context_options ?? {}, org, name).flatMap((level) => [
    level["required-contexts"],
    level["required-if-present-contexts"],
  ]);
  return new Set([...OURS, ...[...policies, ...options].flatMap((contexts) => contexts ?? [])]);
}

interface Level<T> {
  orgs?: Record<string, T & { repos?: Record<string, T & { branches?: Record<string, T> }> }>;
}

/** What is said of all, of the org, of the repository, and of each of its branches. */
function levels<T extends object>(all: T & Level<T>, org: string, repo: string): T[] {
  const ofOrg = all.orgs?.[org];
  const ofRepo = ofOrg?.repos?.[repo];
  return [all, ofOrg, ofRepo, ...Object.values(ofRepo?.branches ?? {})].filter(
    (level) => level !== undefined,
  );
}
