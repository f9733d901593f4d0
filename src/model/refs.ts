// What is being tested: a base and the pull requests merged onto it, in Prow's own field names.
import { boolean, count, flag, type Infer, integer, list, object, present, string } from "../lib/schema.ts";

const pullSchema = object({
  number: present(integer()),
  author: present(string("Login of the author.")),
  sha: present(string("Head commit.")),
  title: string(),
  ref: string("Git ref to fetch instead of pull/N/head."),
  head_ref: string("Name of the head branch."),
  link: string(),
  commit_link: string(),
  author_link: string(),
});
export type Pull = Infer<typeof pullSchema>;

export const refsSchema = object({
  org: present(string()),
  repo: present(string()),
  repo_link: string(),
  base_ref: string(),
  base_sha: string(),
  base_link: string(),
  pulls: list(pullSchema),
  path_alias: string("Where the repository is cloned, relative to src/."),
  workdir: flag("Makes this ref the working directory of the job."),
  auxiliary: flag(),
  clone_uri: string(),
  skip_submodules: flag(),
  clone_depth: count(),
  skip_fetch_head: flag(),
  blobless_fetch: boolean(),
  sparse_checkout_files: list(string()),
});
export type Refs = Infer<typeof refsSchema>;

/** Prow's one-line form, `base:sha,number:sha[:ref],…`; as in PULL_REFS. */
export function refsString(refs: Refs): string {
  const base = refs.base_sha ? `${refs.base_ref ?? ""}:${refs.base_sha}` : (refs.base_ref ?? "");
  const pulls = (refs.pulls ?? []).map(
    ({ number, sha = "", ref }) => `${number}:${sha}${ref ? `:${ref}` : ""}`,
  );
  return [base, ...pulls].join(",");
}

/** A job's refs: those under test, and others that are cloned beside them. */
interface JobRefs {
  refs?: Refs;
  extra_refs?: Refs[];
}

export const allRefs = ({ refs, extra_refs = [] }: JobRefs): Refs[] =>
  refs ? [refs, ...extra_refs] : extra_refs;

/** What a job counts as being about: labels, defaults and pages go by it. */
export const mainRefs = ({ refs, extra_refs }: JobRefs): Refs | undefined => refs ?? extra_refs?.[0];

/** What a job's result is about: extra refs may be there only to help. */
export const testedRefs = ({ refs, extra_refs }: JobRefs): Refs | undefined =>
  refs ?? extra_refs?.find(({ auxiliary }) => !auxiliary);

/** What was tested, as far as the spec tells: the first pull request's head, else the base; "" when it tells nothing. */
export function revisionOf(spec: JobRefs): string {
  const refs = testedRefs(spec);
  const pull = refs?.pulls?.[0];
  return (pull ? pull.sha : refs?.base_sha || refs?.base_ref) ?? "";
}

/** Where refs are cloned, relative to `<root>/src`. */
export const clonePath = ({ path_alias, repo_link, org, repo }: Refs): string =>
  path_alias || repo_link?.split("://").at(-1) || `github.com/${org}/${repo}`;
