// GitHub asked as little as possible between events, see docs/decisions: what has a hash once, a trust for a minute,
// and the state of pull requests only as long as webhooks and our own writes tell what becomes of it.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { answers } from "./answers.ts";
import { byHash } from "./by-hash.ts";
import { echoes } from "./echoes.ts";
import { type Hear, hearing } from "./hear.ts";
import type { GitHub } from "./port.ts";
import { trust } from "./trust.ts";
import { viewedWrites } from "./viewed-writes.ts";
import { viewedReads } from "./views.ts";

/** How long a webhook that never comes can be missed for. */
const MINUTE_MS = 60_000;
const SETTLE_MS = 2_000;

export interface FrugalOptions {
  clock: Pick<Clock, "now">;
  log: Logger;
  /** Every webhook and every write of the component passes through this process. */
  hearsAll: boolean;
}

export interface FrugalGitHub extends GitHub {
  hear: Hear;
}

export function frugal(github: GitHub, { clock, log, hearsAll }: FrugalOptions): FrugalGitHub {
  const hashes = answers({
    clock,
    forMs: Number.POSITIVE_INFINITY,
    maxEntries: 5_000,
    maxCharacters: 16_000_000,
  });
  const brief = { clock, forMs: MINUTE_MS, settleMs: SETTLE_MS, maxEntries: 5_000 };
  const trusted = answers({ ...brief, maxCharacters: 1_000_000 });
  const views = answers({ ...brief, maxCharacters: 16_000_000 });
  const own = echoes(clock, log);
  const { read, write } = github;
  return {
    ...github,
    read: {
      ...read,
      ...byHash(read, hashes),
      ...trust(read, trusted),
      ...(hearsAll && viewedReads(read, views, own)),
    },
    write: hearsAll ? viewedWrites(write, views, { echoes: own, clock }) : write,
    hear: hearing({ views, trust: trusted, echoes: own, clock }),
  };
}
