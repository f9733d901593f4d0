// What the override commands share: the pull request, who asks, and how what goes wrong is told.
import { isRefusal } from "../../github/error.ts";
import { trimOf } from "../../lib/trim-of.ts";
import type { Effect } from "../../model/effect.ts";
import type { CommentEvent } from "../../model/event.ts";
import { type PullRequest, repoName } from "../../model/github.ts";
import { replyTo } from "../../model/reply.ts";
import { commentIssue, quoted } from "../event-issue.ts";
import type { Context } from "../plugin.ts";
import { mayOverride } from "./may-override.ts";
import { type OverrideOptions, overrideSection, whoMay } from "./options.ts";

/** Ends a command; the message answers the comment. */
export class ToldError extends Error {
  override name = "ToldError";
}

export interface Desk {
  event: CommentEvent;
  context: Context;
  reply(message: string): Effect;
  /** The pull request, for somebody who may override; tells anybody else who may. */
  pullRequestFor(commandName: string): Promise<PullRequest>;
  /** An answer of GitHub's; its refusal is told. */
  told<T>(message: string, read: Promise<T>): Promise<T>;
}

export function deskFor(event: CommentEvent, context: Context): Desk {
  const { log, plugins, read } = context;
  const { author, number, repo } = event;
  const options: OverrideOptions = plugins.get(overrideSection) ?? {};
  const told: Desk["told"] = async (message, answer) => {
    try {
      return await answer;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      log.warn({ err: error.message }, message);
      throw new ToldError(message);
    }
  };
  return {
    event,
    context,
    told,
    reply: (message) => replyTo(commentIssue(event), quoted(event), message),
    async pullRequestFor(commandName) {
      const message = `Cannot get PR #${number} in ${repoName(repo)}`;
      const pr = await told(message, read.pullRequest(commentIssue(event)));
      if (await mayOverride(author.login, repo, pr.base.ref, options, context)) return pr;
      throw new ToldError(
        `${author.login} unauthorized: ${commandName} is restricted to ${whoMay(options, repo)}`,
      );
    },
  };
}

/** What a command does, or what it says instead. */
export async function orTold({ reply }: Desk, work: () => Promise<Effect[]>): Promise<Effect[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ToldError)) throw error;
    return [reply(error.message)];
  }
}

/** Names after a command: parted by spaces, unless quotes hold them together. */
export function parseNames(text: string): string[] {
  const names: string[] = [];
  let isQuoted = false;
  let name = "";
  for (const letter of `${text} `) {
    if (letter === '"') isQuoted = !isQuoted;
    if (letter !== " " || isQuoted) name += letter;
    else if (name !== "") {
      names.push(unquoted(name));
      name = "";
    }
  }
  // A quote that is never closed holds all that follows it.
  return name === "" ? names : [...names, unquoted(name)];
}

const unquoted = (name: string): string => trimOf(name.trim(), '"');
