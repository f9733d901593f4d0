// What is being tested: a base and the pull requests merged onto it, in Prow's own field names.
import { boolean, count, flag, type Infer, integer, list, object, present, string } from "../lib/schema.ts";

export const pullSchema = object({
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
  const pulls = (refs.pulls ?? []).map((pull) => [pull.number, pull.sha, pull.ref].filter(Boolean).join(":"));
  return [base, ...pulls].join(",");
}
