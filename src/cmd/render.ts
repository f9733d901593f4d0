// cutwater render: jobs as they would run, and what a change of the configuration does to them.
import { bool, type FlagValues, int, string } from "../lib/flags.ts";
import { dumpYAML } from "../lib/yaml/load.ts";
import { configDifference } from "../tools/config-diff.ts";
import { DIFF_FORMATS, differenceText } from "../tools/diff-output.ts";
import {
  type Configured,
  configuredJobs,
  effectivePod,
  effectiveProwJob,
  SAMPLE,
  type Subject,
} from "../tools/effective.ts";
import type { Host } from "./command.ts";
import { configAt } from "./config/config-place.ts";
import { pathsOf, readConfig, toolConfigFlags, type Usable, usable } from "./config/tool-config.ts";
import { noSuchJob } from "./config/tool-job.ts";
import { InputError, noArguments, oneOf, tool } from "./wiring/tool.ts";

const KINDS = ["prowjob", "pod"] as const;
const FORMATS = ["yaml", "json"] as const;

const flags = {
  ...toolConfigFlags,
  job: string("", "Name of the job; without it every job."),
  repo: string("", "Only jobs of this org/repo."),
  as: string("prowjob", `What each job is shown as: ${KINDS.join(" or ")}.`),
  format: string("", `${FORMATS.join(" or ")} (yaml); with --diff ${DIFF_FORMATS.join(", ")} (text).`),
  diff: bool(false, "Compare two configurations, OLD and NEW: each a config.yaml or a directory with one."),
  "exit-code": bool(false, "With --diff: exit with 1 when something changes."),
  "base-ref": string(SAMPLE.baseRef, "Branch that the jobs are shown for."),
  "base-sha": string(SAMPLE.baseSHA, "Commit of that branch."),
  "pull-number": int(SAMPLE.pull.number, "Pull request that presubmits are shown for."),
  "pull-sha": string(SAMPLE.pull.sha, "Head commit of that pull request."),
  "pull-author": string(SAMPLE.pull.author, "Author of that pull request."),
  "build-id": string("1", "Build id that pods are shown with."),
};
type Flags = FlagValues<typeof flags>;

export const render = tool("render", {
  args: "[flags] [--diff OLD NEW]",
  flags,
  async run({ values, args }, host) {
    const as = oneOf(KINDS, values.as, "as");
    if (values.diff) return diff(values, args, as, host);
    noArguments(args);
    const format = oneOf(FORMATS, values.format || "yaml", "format");
    const { config } = usable(readConfig(pathsOf(values), host));
    const jobs = selected(configuredJobs(config), values);
    const shown = jobs
      .map((job) => shownAs(config, job, values, as))
      .filter((object) => object !== undefined);
    if (!shown.length) throw new InputError("no job of these runs in a pod: show it with --as=prowjob");
    if (format === "json") host.out(JSON.stringify(shown.length === 1 ? shown[0] : shown, undefined, 2));
    else for (const [i, object] of shown.entries()) host.out((i ? "---\n" : "") + dumpYAML(object).trimEnd());
    return 0;
  },
});

function selected(all: Configured[], { job, repo }: Flags): Configured[] {
  const found = all.filter((one) => (!job || one.job.name === job) && (!repo || one.repo === repo));
  if (!found.length && job) throw noSuchJob(job, all, repo);
  if (!found.length) throw new InputError(repo ? `no job is configured for ${repo}` : "no job is configured");
  return found;
}

function shownAs(
  config: Usable["config"],
  job: Configured,
  flags: Flags,
  as: "prowjob" | "pod",
): object | undefined {
  const subject: Subject = {
    baseRef: flags["base-ref"],
    baseSHA: flags["base-sha"],
    pull: { number: flags["pull-number"], sha: flags["pull-sha"], author: flags["pull-author"] },
  };
  const prowJob = effectiveProwJob(config, job, subject);
  if (as === "pod") return effectivePod(config, prowJob, flags["build-id"]);
  // It has not begun: a state would be made up.
  const { status: _madeUp, ...written } = prowJob;
  return written;
}

function diff(flags: Flags, args: readonly string[], as: "prowjob" | "pod", host: Host): number {
  const format = oneOf(DIFF_FORMATS, flags.format || "text", "format");
  const [before, after, ...more] = args;
  if (!before || !after || more.length) {
    throw new InputError("--diff compares two configurations: cutwater render --diff OLD NEW");
  }
  const overrides = { jobs: flags["job-config-path"], plugins: flags["plugin-config"] };
  const [old, now] = [
    { path: before, what: "OLD" },
    { path: after, what: "NEW" },
  ].map(({ path, what }) => usable(readConfig(configAt(path, what, overrides), host)));
  const difference = configDifference(old!, now!, as);
  host.out(differenceText(difference, format));
  const { tideQueries, ...lists } = difference;
  const changed = [...Object.values(lists), ...Object.values(tideQueries)].some((list) => list.length > 0);
  return flags["exit-code"] && changed ? 1 : 0;
}
