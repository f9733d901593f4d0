// validate-unmanaged-branchconfig-has-no-subconfig: what branchprotector leaves alone needs no settings.
import type { BranchPolicy } from "../config/branch-protection.ts";
import type { Finding, Warning } from "./warning.ts";

interface Repo extends BranchPolicy {
  branches?: Record<string, BranchPolicy>;
}
interface Org extends BranchPolicy {
  repos?: Record<string, Repo>;
}
interface Root extends BranchPolicy {
  orgs?: Record<string, Org>;
}

const NOT_SETTINGS = new Set(["unmanaged", "orgs", "repos", "branches"]);
/** Keys of the root that say something else than a policy. */
const ROOT_KEYS = [
  "protect-tested-repos",
  "allow_disabled_policies",
  "allow_disabled_job_policies",
  "protect_repos_with_optional_jobs",
];
for (const key of ROOT_KEYS) NOT_SETTINGS.add(key);

const hasSettings = (policy: object): boolean => Object.keys(policy).some((key) => !NOT_SETTINGS.has(key));
const isManaged = (policy: BranchPolicy): boolean => policy.unmanaged === false;

const reposOf = (org: Org): Repo[] => Object.values(org.repos ?? {});
const orgsOf = (root: Root): Org[] => Object.values(root.orgs ?? {});
const managesBranches = (repo: Repo): boolean => Object.values(repo.branches ?? {}).some(isManaged);
const managesRepos = (org: Org): boolean => reposOf(org).some(isManaged);
const orgManagesBranches = (org: Org): boolean => reposOf(org).some(managesBranches);

function ofRoot(root: Root): string[] {
  if (!root.unmanaged) return [];
  const orgs = orgsOf(root);
  const overridden = orgs.some((org) => isManaged(org) || managesRepos(org) || orgManagesBranches(org));
  const own =
    hasSettings(root) && !overridden
      ? ["branch protection is globally set to unmanaged, but has configuration"]
      : [];
  const ofOrgs = Object.entries(root.orgs ?? {})
    .filter(([, org]) => !managesRepos(org))
    .map(
      ([name]) =>
        `branch protection config is globally set to unmanaged but has configuration for org ${name} without setting the org to unmanaged: false`,
    );
  return [...own, ...ofOrgs];
}

function ofOrg(name: string, org: Org): string[] {
  if (!org.unmanaged) return [];
  const own =
    hasSettings(org) && !managesRepos(org) && !orgManagesBranches(org)
      ? [`branch protection config for org ${name} is set to unmanaged, but it defines settings`]
      : [];
  const ofRepos = Object.entries(org.repos ?? {})
    .filter(([, repo]) => !managesBranches(repo))
    .map(
      ([repo]) =>
        `branch protection config for repo ${name}/${repo} is defined, but branch protection is unmanaged for org ${name} without setting the repo to unmanaged: false`,
    );
  return [...own, ...ofRepos];
}

function ofRepo(name: string, repo: Repo): string[] {
  const branches = Object.entries(repo.branches ?? {});
  const own =
    repo.unmanaged && hasSettings(repo) && !managesBranches(repo)
      ? [`branch protection config for repo ${name} is set to unmanaged, but it defines settings`]
      : [];
  const overridden = repo.unmanaged ? branches.filter(([, branch]) => !isManaged(branch)) : [];
  return [
    ...own,
    ...overridden.map(
      ([branch]) =>
        `branch protection for repo ${name} is set to unmanaged, but it defines settings for branch ${branch} without setting the branch to unmanaged: false`,
    ),
    ...branches
      .filter(([, branch]) => branch.unmanaged && hasSettings(branch))
      .map(
        ([branch]) =>
          `branch protection config for branch ${branch} in repo ${name} is set to unmanaged but defines settings`,
      ),
  ];
}

export const validateUnmanaged: Warning = {
  name: "validate-unmanaged-branchconfig-has-no-subconfig",
  group: "default",
  doc: "Settings of branch-protection below something that is unmanaged.",
  check({ config }) {
    const root: Root = config["branch-protection"];
    const at = (keys: string[], messages: string[]): Finding[] =>
      messages.map((message) => ({
        message,
        places: [{ in: "config", keys: ["branch-protection", ...keys] }],
      }));
    return [
      ...at([], ofRoot(root)),
      ...Object.entries(root.orgs ?? {}).flatMap(([name, org]) => [
        ...at(["orgs", name], ofOrg(name, org)),
        ...Object.entries(org.repos ?? {}).flatMap(([repo, policy]) =>
          at(["orgs", name, "repos", repo], ofRepo(`${name}/${repo}`, policy)),
        ),
      ]),
    ];
  },
};
