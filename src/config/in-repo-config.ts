// What a repository says of its own jobs, in .prow.yaml or .prow/: finished and checked beside those of the central files.
import { list, object, type Path, type Problem } from "../lib/schema.ts";
import type { Config } from "./config.ts";
import { jobConfigFields } from "./config.ts";
import { decodeFile, placesOf } from "./decode-file.ts";
import { type Blame, blamer, type Fault, Origins } from "./fault.ts";
import { excess, type Written } from "./in-repo-excess.ts";
import { inRepoClusterAllowed } from "./in-repo-keys.ts";
import {
  type JobBase,
  type Postsubmit,
  type Preset,
  type Presubmit,
  postsubmitSchema,
  presetSchema,
  presubmitSchema,
} from "./job.ts";
import { type Done, finisherFor } from "./job-finisher.ts";
import { raisedByJob } from "./pod-policy.ts";
import type { Raised } from "./pod-rule.ts";
import type { LocatedProblem, SourceFile } from "./source.ts";
import { checkTwice } from "./validate/jobs.ts";

export const inRepoSchema = object({
  presets: list(presetSchema),
  presubmits: list(presubmitSchema),
  postsubmits: list(postsubmitSchema),
  prow_ignored: jobConfigFields.prow_ignored,
});

export interface InRepoConfig {
  presubmits: readonly Presubmit[];
  postsubmits: readonly Postsubmit[];
  /** All of them in the order of the files, warnings too; with an error among them none of the jobs counts. */
  problems: readonly LocatedProblem[];
  /** What the presubmits ask for that a plain job has not: of use only where somebody trusted has looked at it. */
  raised(): readonly RaisedJob[];
}

export interface RaisedJob {
  job: Presubmit;
  problems: readonly LocatedProblem[];
}

/**
 * The jobs of `files`, which belong to `repo` (org/repo), without those that `config` has for it. A file that has not
 * changed is the same SourceFile object, and is not decoded again.
 */
export function parseInRepoConfig(files: readonly SourceFile[], repo: string, config: Config): InRepoConfig {
  const refused = (problem: LocatedProblem): InRepoConfig => ({
    presubmits: [],
    postsubmits: [],
    problems: [problem],
    raised: () => [],
  });
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  if (size > MOST_TEXT) return refused(tooMuch(files, `${size} characters; at most ${MOST_TEXT} are read`));
  const decoded = files.map((file) => ({ file, decoded: decodeFile(file, inRepoSchema) }));
  const faults: Fault[] = decoded.flatMap((one) => one.decoded.faults);
  const origins = new Origins();
  const taken = (kind: "presets" | "presubmits" | "postsubmits") =>
    decoded.flatMap(({ file, decoded: { data } }) => {
      const things = (data?.[kind] ?? []) as object[];
      for (const [i, thing] of things.entries()) origins.set(thing, { file: file.path, path: [kind, i] });
      return things;
    });
  const written = { presubmits: taken("presubmits"), postsubmits: taken("postsubmits") };
  const presets = taken("presets") as Preset[];
  const much = excess({ ...(written as Pick<Written, "presubmits" | "postsubmits">), presets });
  if (much) return refused(tooMuch(files, much));
  const finisher = finisherFor(config, [...(config.presets ?? []), ...presets]);
  const finished = <J extends JobBase>({ job, faults: found }: Done<J>, before: J): J => {
    const origin = origins.get(before)!;
    origins.set(job, origin);
    for (const fault of found)
      faults.push({ ...fault, path: [...origin.path, ...fault.path], file: origin.file });
    return job;
  };
  const presubmits = (written.presubmits as Presubmit[]).map((job) =>
    finished(finisher.presubmit(job, repo), job),
  );
  const postsubmits = (written.postsubmits as Postsubmit[]).map((job) =>
    finished(finisher.postsubmit(job, repo), job),
  );
  const unplaced = { file: files[0]?.path ?? "", path: [] };
  const blameOf = (job: object): Blame => blamer(faults, origins.get(job) ?? unplaced);
  // The central ones first, so that of two that clash the repository's own is blamed.
  checkTwice("presubmit", [...(config.presubmits[repo] ?? []), ...presubmits], blameOf);
  checkTwice("postsubmit", [...(config.postsubmits[repo] ?? []), ...postsubmits], blameOf);
  for (const job of [...presubmits, ...postsubmits]) checkCluster(job, repo, config, blameOf(job));
  const places = new Map(files.map((file) => [file.path, placesOf(file)]));
  const forgetting = <T>(found: T): T => {
    for (const place of places.values()) place.forget();
    return found;
  };
  const order = files.map(({ path }) => path);
  const problems = [
    ...decoded.flatMap((one) => one.decoded.placed),
    ...faults.flatMap(({ file, ...problem }) => places.get(file)?.locate(problem) ?? []),
  ].sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file) || a.line - b.line);
  let raised: RaisedJob[] | undefined;
  const raise = () =>
    presubmits.flatMap((job) => {
      const found = raisedByJob(job, repo, config);
      const { file, path } = origins.get(job)!;
      const locate = (one: Raised) => places.get(file)!.locate(refusal(job, path, one));
      return found.length > 0 ? [{ job, problems: found.map(locate) }] : [];
    });
  return forgetting({
    ...{ presubmits, postsubmits, problems },
    raised: () => (raised ??= forgetting(raise())),
  });
}

const refusal = ({ name }: JobBase, base: Path, { path, why }: Raised): Problem => ({
  level: "error",
  path: [...base, ...path],
  // The field comes early: a status holds 140 characters.
  message: `job ${JSON.stringify(name)} has ${fieldText(path)}, which no pull request may bring: ${why}`,
  hint: "leave it out, or have the job in the central configuration, whose in_repo_config.pod_policy says what is allowed",
});

/** `spec.containers[0].env`. */
const fieldText = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : `${i ? "." : ""}${step}`)).join("");

/** Anybody may write these files: what takes long to read is not read. Characters. */
const MOST_TEXT = 1_000_000;

/** Said of the longest file. */
function tooMuch(files: readonly SourceFile[], what: string): LocatedProblem {
  const [longest] = files.toSorted((a, b) => b.text.length - a.text.length);
  const message = `the files of this repository hold ${what}`;
  return { level: "error", path: [], message, file: longest!.path, line: 1, column: 1, excerpt: "" };
}

function checkCluster({ cluster }: JobBase, repo: string, config: Config, blame: Blame): void {
  if (inRepoClusterAllowed(config, repo, cluster)) return;
  blame(
    `cluster ${JSON.stringify(cluster)} is not allowed for repository ${JSON.stringify(repo)}`,
    ["cluster"],
    "in_repo_config.allowed_clusters of the central configuration says which are",
  );
}
