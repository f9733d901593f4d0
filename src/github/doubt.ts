// A write whose answer was lost may have been done. Before the same is asked for again, GitHub is asked whether it was:
// statuses and comments can not be taken back without a trace.
import type { Clock } from "../lib/clock.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import { isBot } from "../model/bot.ts";
import { issueName, repoName, type Status } from "../model/github.ts";
import { sameText } from "../model/same-text.ts";
import { GitHubError } from "./error.ts";
import type { GitHub, GitHubWrite } from "./port.ts";

/** GitHub's lists may lag that much. */
const SETTLE_MS = 2_500;
const REMEMBERED = 1_000;

export function withDoubts(github: GitHub, clock: Clock): GitHub {
  const doubts = boundedMap<number>(REMEMBERED);
  const { read, write } = github;

  /** `done` looks whether it was done, and is asked only when that is in doubt. */
  async function once<T>(key: string, act: () => Promise<T>, done: () => Promise<T | undefined>): Promise<T> {
    const failedAt = doubts.get(key);
    if (failedAt !== undefined) {
      await clock.sleep(failedAt + SETTLE_MS - clock.now().getTime());
      const found = await done();
      if (found !== undefined) {
        doubts.delete(key);
        return found;
      }
    }
    try {
      const result = await act();
      doubts.delete(key);
      return result;
    } catch (error) {
      if (isUnknown(error)) doubts.set(key, clock.now().getTime());
      else doubts.delete(key);
      throw error;
    }
  }

  const createComment: GitHubWrite["createComment"] = (issue, body, ...how) =>
    once(
      JSON.stringify(["comment", issueName(issue), body]),
      () => write.createComment(issue, body, ...how),
      async () => {
        const bot = await read.botLogin();
        const all = await read.comments(issue);
        return all.find((found) => isBot(bot, found.user.login) && sameText(found.body, body));
      },
    );

  const createStatus: GitHubWrite["createStatus"] = async (repo, sha, status) =>
    void (await once(
      JSON.stringify(["status", repoName(repo), sha, status.context, statusText(status)]),
      async () => {
        await write.createStatus(repo, sha, status);
        return true;
      },
      async () => says(await read.statuses(repo, sha), status) || undefined,
    ));
  return { ...github, write: { ...write, createComment, createStatus } };
}

/** `statuses`: the latest of each context. */
function says(statuses: readonly Status[], wanted: Status): boolean {
  const latest = statuses.find(({ context }) => context === wanted.context);
  return latest !== undefined && statusText(latest) === statusText(wanted);
}

/** All but its context. GitHub keeps no space at the ends, and may leave out what is empty. */
const statusText = ({ state, description, target_url }: Status): string =>
  JSON.stringify([state, (description ?? "").trim(), target_url || null]);

/** No answer, or one that says that something broke on the way. */
const isUnknown = (error: unknown): boolean =>
  error instanceof GitHubError && (error.status === 0 || error.status >= 500);
