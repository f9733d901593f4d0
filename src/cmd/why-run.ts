// cutwater why-run: whether a job would run for a change, and each reason.
import { string, strings } from "../lib/flags.ts";
import { configuredJobs } from "../tools/effective.ts";
import { verdictText, whyRun } from "../tools/why-run.ts";
import { toolConfigFlags, usableConfig } from "./config/tool-config.ts";
import { noSuchJob } from "./config/tool-job.ts";
import { InputError, oneOf, readText, tool } from "./wiring/tool.ts";

const FORMATS = ["text", "json"] as const;

export const whyRunCommand = tool("why-run", {
  args: "[flags] JOB",
  flags: {
    ...toolConfigFlags,
    files: strings([], "Changed files, with commas between; may be repeated."),
    "files-from": string("", "File with a changed file a line, - for standard input."),
    branch: string("", "Base branch of the change."),
    repo: string("", "org/repo, where jobs of several have the name."),
    comment: string("", "Text of a comment on the pull request, e.g. '/test all'."),
    format: string("text", `How it is told: ${FORMATS.join(" or ")}.`),
  },
  async run({ values, args, given }, host) {
    const format = oneOf(FORMATS, values.format, "format");
    const [name, ...more] = args;
    if (!name || more.length) throw new InputError("which job? cutwater why-run JOB --files a,b,c");
    const listed = values["files-from"]
      ? readText(values["files-from"], "--files-from", { stdin: true }).split("\n")
      : [];
    const files = [...values.files.flatMap((list) => list.split(",")), ...listed]
      .map((file) => file.trim())
      .filter(Boolean);
    const all = configuredJobs(usableConfig(values, host).config);
    const jobs = all.filter((one) => one.job.name === name && (!values.repo || one.repo === values.repo));
    if (!jobs.length) throw noSuchJob(name, all, values.repo);
    const circumstances = {
      files,
      ...(given.has("branch") && { branch: values.branch }),
      ...(given.has("comment") && { comment: values.comment }),
      now: host.clock.now(),
    };
    const verdicts = await Promise.all(jobs.map((job) => whyRun(job, circumstances)));
    host.out(
      format === "json" ? JSON.stringify(verdicts, undefined, 2) : verdicts.map(verdictText).join("\n\n"),
    );
    return 0;
  },
});
