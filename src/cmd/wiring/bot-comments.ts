// How the bot comments where a configuration says: `github_reporter.comments`.
import { forRepo } from "../../config/for-repo.ts";
import { oneComment } from "../../github/one-comment/one-comment.ts";
import type { GitHub } from "../../github/port.ts";
import type { Surroundings } from "../surroundings.ts";

/** A read and the write that follows it take less. */
const SETTLE_MS = 1_500;

/** `alone`: no other process of ours writes comments. */
export const withBotComments = (
  github: GitHub,
  { host, log, config }: Pick<Surroundings, "host" | "log" | "config">,
  { alone }: { alone: boolean },
): GitHub =>
  oneComment(github, {
    wanted: (repo) => forRepo(config.config().github_reporter.comments, repo) === "single",
    clock: host.clock,
    random: host.random,
    log,
    settleMs: alone ? 0 : SETTLE_MS,
  });
