// Warnings about tide and branch-protection together: strict branches, and contexts that are two things at once.
import type { BranchProtection } from "../config/branch-protection.ts";
import type { Config } from "../config/config.ts";
import { contextPolicy, policySources } from "../tide/contexts.ts";
import { coveredBy } from "./enabled.ts";
import { intersection, items, names, type RepoSet } from "./repo-set.ts";
import type { Finding, Warning } from "./warning.ts";

type Level = Pick<BranchProtection, "protect" | "required_status_checks" | "unmanaged">;

const EXPLANATION =
  "See #5: https://docs.prow.k8s.io/docs/components/core/tide/maintainers/#best-practices Also note that this validation is imperfect, see the check-config code for details";

/** Only what tells whether the branch must be up to date before a merge. */
const below = (above: Level, own: Level): Level => ({
  protect: own.protect ?? above.protect,
  unmanaged: own.unmanaged ?? above.unmanaged,
  required_status_checks: {
    strict: own.required_status_checks?.strict ?? above.required_status_checks?.strict,
  },
});

const isStrict = ({ protect, required_status_checks: checks }: Level): boolean =>
  Boolean(protect && checks?.strict);

/** A repository counts as strict when one of its branches is. Throws on a branch that says nothing of protection. */
function strictRepos(protection: BranchProtection): RepoSet {
  const orgs = new Map<string, Set<string>>();
  const repos = new Set<string>();
  for (const [org, ofOrg] of Object.entries(protection.orgs ?? {})) {
    const orgLevel = below(protection, ofOrg);
    const lax = new Set<string>();
    for (const [repo, ofRepo] of Object.entries(ofOrg.repos ?? {})) {
      const repoLevel = below(orgLevel, ofRepo);
      const branches = Object.entries(ofRepo.branches ?? {}).map(([branch, own]) => {
        const level = below(repoLevel, own);
        if (level.protect === undefined && !level.unmanaged) {
          throw new Error(
            `error for repo=${org}/${repo} and branch=${branch}: defined branch policies must set protect or unmanaged=true`,
          );
        }
        return level;
      });
      const strict = isStrict(repoLevel) || branches.some(isStrict);
      if (!strict) lax.add(`${org}/${repo}`);
      else if (!isStrict(orgLevel)) repos.add(`${org}/${repo}`);
    }
    if (isStrict(orgLevel)) orgs.set(org, lax);
  }
  return { orgs, repos };
}

export const tideStrictBranch: Warning = {
  name: "tide-strict-branch",
  group: "default",
  doc: "Branches that must be up to date before a merge, where tide merges.",
  check({ config }): Finding[] {
    const protection = config["branch-protection"];
    if (!config.tide.queries.length) return [];
    if (isStrict(protection)) {
      return [
        {
          message: `strict branchprotection context requirements cannot be globally enabled when Tide is configured for use. ${EXPLANATION}`,
          places: [{ in: "config", keys: ["branch-protection", "required_status_checks", "strict"] }],
        },
      ];
    }
    try {
      const both = intersection(coveredBy(config.tide.queries), strictRepos(protection));
      const conflicts = items(both);
      if (!conflicts.length) return [];
      return [
        {
          message: `the following enable strict branchprotection context requirements even though Tide handles merges: [${conflicts.join("; ")}]. ${EXPLANATION}`,
          places: names(both).map((name) => ({
            in: "config",
            keys: ["branch-protection", "orgs", ...name.split("/")],
          })),
        },
      ];
    } catch (error) {
      return [
        {
          message: (error as Error).message,
          places: [{ in: "config", keys: ["branch-protection", "orgs"] }],
        },
      ];
    }
  },
};

/** Two sections name branches in the same way. */
interface Named {
  orgs?: Record<string, { repos?: Record<string, { branches?: Record<string, unknown> }> }>;
}

/** Branches that the configuration names; nobody can list the others without GitHub. */
function namedBranches(config: Config): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  const add = (repo: string, branches: Iterable<string>) =>
    named.set(repo, (named.get(repo) ?? new Set<string>()).union(new Set(branches)));
  for (const [repo, jobs] of Object.entries(config.presubmits)) {
    add(
      repo,
      jobs.flatMap(({ branches = [] }) => branches),
    );
  }
  const sections: Named[] = [config["branch-protection"], config.tide.context_options ?? {}];
  for (const { orgs = {} } of sections) {
    for (const [org, { repos = {} }] of Object.entries(orgs)) {
      for (const [repo, { branches = {} }] of Object.entries(repos)) {
        add(`${org}/${repo}`, Object.keys(branches));
      }
    }
  }
  return named;
}

export const tideContextPolicy: Warning = {
  name: "tide-context-policy",
  group: "default",
  doc: "Contexts that are required and optional at once, for a branch that the configuration names.",
  check({ config }) {
    return [...namedBranches(config)].flatMap(([name, branches]) => {
      const [org = "", repo = "", ...more] = name.split("/");
      // Gerrit's repositories are URLs.
      if (!repo || more.length) return [];
      const some = branches.size ? [...branches].sort() : ["master"];
      return some.flatMap((branch): Finding[] => {
        const fault = policyFault(config, { org, repo }, branch);
        if (fault === undefined) return [];
        return [
          {
            message: `context policy for ${branch} branch in ${name} is invalid: ${fault}`,
            places: [{ in: "config", keys: ["tide", "context_options"] }],
          },
        ];
      });
    });
  },
};

function policyFault(
  config: Config,
  repo: { org: string; repo: string },
  branch: string,
): string | undefined {
  try {
    contextPolicy(policySources(config, repo, branch));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
