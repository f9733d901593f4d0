// What acting on GitHub takes.
import type { GitHub } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { InHalves } from "./in-halves.ts";

export interface GitHubTools {
  github: GitHub;
  clock: Pick<Clock, "now" | "sleep">;
  log: Logger;
  /** Between two merges of a batch. */
  mergePauseMs: number;
  inHalves: InHalves;
}
