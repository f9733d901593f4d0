// /override-cancel: an overridden context fails again.
import type { Effect } from "../../model/effect.ts";
import { repoName, type Status } from "../../model/github.ts";
import { type Desk, orTold, parseNames, ToldError } from "./desk.ts";
import { OVERRIDDEN } from "./texts.ts";

/** `given` is what stands after each command; nothing means all. */
export async function cancelOverrides(desk: Desk, given: string[]): Promise<Effect[]> {
  if (given.length === 0) return [];
  const { context, event, reply, told } = desk;
  const { author, number, repo } = event;
  return orTold(desk, async () => {
    const { head } = await desk.pullRequestFor("/override-cancel");
    const names = given.includes("") ? undefined : new Set(given.flatMap(parseNames));
    const history = await told(
      `Cannot get commit statuses for PR #${number} in ${repoName(repo)}`,
      context.read.statusHistory(repo, head.sha),
    );
    const overridden = overrides(history).filter((status) => !names || names.has(status.context));
    if (overridden.length === 0) throw new ToldError("No overrides found to cancel");
    const list = overridden.map((status) => status.context).sort();
    return [
      ...overridden.map((status): Effect => {
        const description = `Override cancelled by ${author.login}`;
        return {
          do: "createStatus",
          repo,
          sha: head.sha,
          status: { ...status, state: "failure", description },
        };
      }),
      reply(`Cancelled overrides on behalf of ${author.login}: ${list.join(", ")}`),
    ];
  });
}

/**
 * Each context that was ever overridden, as Prow has it, with the link that it had then. One that has since passed by
 * itself is left alone: there a cancelled override would turn a good result bad.
 */
function overrides(history: readonly Status[]): Status[] {
  const latest = new Map<string, Status>();
  const found = new Map<string, Status>();
  for (const status of history) {
    if (!latest.has(status.context)) latest.set(status.context, status);
    if (isOverride(status)) found.set(status.context, status);
  }
  return [...found.values()].filter(({ context }) => {
    const now = latest.get(context)!;
    return now.state !== "success" || isOverride(now);
  });
}

const isOverride = ({ description }: Status): boolean => description.includes(OVERRIDDEN);
