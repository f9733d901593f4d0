// How the contexts of a commit stand: commit statuses, and check runs where our results are such.
import { reportsChecks } from "../../config/github-reporter.ts";
import { isOwnRun } from "../../model/bot.ts";
import type { CheckRun, Status, StatusState } from "../../model/github.ts";
import type { Context } from "../plugin.ts";
import type { Change } from "../pull-jobs.ts";

/** Of a context that was reported both ways the check run counts. */
export async function reported(
  { repo, pr }: Pick<Change, "repo" | "pr">,
  { bot, config, read }: Pick<Context, "bot" | "config" | "read">,
): Promise<Status[]> {
  const statuses = await read.statuses(repo, pr.head.sha);
  if (!reportsChecks(config, repo)) return statuses;
  const runs = (await read.checkRuns(repo, pr.head.sha)).filter((run) => isOwnRun(bot, run));
  const names = new Set(runs.map(({ name }) => name));
  return [...statuses.filter(({ context }) => !names.has(context)), ...runs.map(asStatus)];
}

const asStatus = ({ name, status, conclusion }: CheckRun): Status => ({
  context: name,
  state: stateOf(status, conclusion),
  description: "",
  target_url: "",
});

function stateOf(status: string, conclusion: string | null): StatusState {
  if (status !== "completed") return "pending";
  return ["success", "neutral", "skipped"].includes(conclusion ?? "") ? "success" : "failure";
}
