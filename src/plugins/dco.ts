// Checks that every commit is signed off.
import { type PluginsConfig, section } from "../config/plugins-config.ts";
import { boolean, type Infer, list, map, object, string } from "../lib/schema.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import type { PluginDeclaration } from "./plugin.ts";

const dcoSchema = object({
  skip_dco_check_for_members: boolean("Members of the trusted org need not sign off."),
  skip_dco_check_for_collaborators: boolean("Collaborators need not sign off."),
  trusted_apps: list(string("A GitHub App whose commits need no sign-off, without [bot].")),
  trusted_org: string("Default: the org of the repository."),
  contributing_repo: string(
    "org/repo with the CONTRIBUTING.md that explains it; default: the repository itself.",
  ),
  contributing_branch: string("Its branch."),
  contributing_path: string("Its path; default CONTRIBUTING.md."),
});
type DCOOptions = Infer<typeof dcoSchema>;

const dcoSection = section("dco", map(dcoSchema, "By org/repo, org, or * for the rest."));

const dcoFor = (plugins: PluginsConfig, repo: RepoRef): DCOOptions => {
  const written = plugins.get(dcoSection);
  return written?.[repoName(repo)] ?? written?.[repo.org] ?? written?.["*"] ?? {};
};

export const dco: PluginDeclaration = {
  name: "dco",
  on: ["pull_request", "comment"],
  sections: [dcoSection],
  description:
    "The dco plugin checks pull request commits for 'DCO sign off' and maintains the 'dco' status context, as well as the 'dco' label.",
  commands: [
    {
      usage: "/check-dco",
      description: "Forces rechecking of the DCO status.",
      featured: true,
      whoCanUse: "Anyone",
      examples: ["/check-dco"],
    },
  ],
  explain(plugins, repo) {
    const options = dcoFor(plugins, repo);
    return options.skip_dco_check_for_members || options.skip_dco_check_for_collaborators
      ? `The trusted GitHub organization for this repository is "${repoName(repo)}".`
      : "";
  },
};
