// Reports about the jobs of one pull request made anew, for who asks because GitHub has lost some.
import type { Config } from "../config/config.ts";
import type { GitHubRead } from "../github/port.ts";
import { isBot } from "../model/bot.ts";
import type { Effect } from "../model/effect.ts";
import { namesRepo } from "../model/github.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import { commentEffects } from "./comment.ts";
import { isReported, reportFooter, statusEffects } from "./github-reporter.ts";

interface ReportDeps {
  read: Pick<GitHubRead, "botLogin" | "comments">;
  config: Config;
}

/** All of them are of one pull request, at its present head. */
export async function reportAgain(jobs: readonly ProwJob[], { read, config }: ReportDeps): Promise<Effect[]> {
  const statuses = jobs.flatMap((job) => statusEffects(job, config));
  const ended = jobs.filter((job) => isComplete(job) && isReported(job, config));
  const [first] = ended;
  const refs = first?.spec.refs;
  const pull = refs?.pulls?.[0];
  if (!first || !refs || !pull || namesRepo(config.github_reporter.no_comment_repos, refs)) return statuses;
  const comments = await read.comments({ org: refs.org, repo: refs.repo, number: pull.number });
  const bot = await read.botLogin();
  const news = {
    jobs: ended,
    comments,
    isBot: (login: string) => isBot(bot, login),
    footer: reportFooter(config, refs, first),
    summary: false,
  };
  return [...statuses, ...commentEffects(news)];
}
