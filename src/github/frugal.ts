// GitHub asked as little as possible between events, see docs/decisions: what has a hash once, a trust for a minute,
// and the state of pull requests only as long as webhooks and our own writes tell what becomes of it.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Shared } from "../shared/port.ts";
import { answers } from "./answers.ts";
import { byHash } from "./by-hash.ts";
import { echoes } from "./echoes.ts";
import { type Hear, hearing } from "./hear.ts";
import { news, type Written } from "./news.ts";
import type { GitHub } from "./port.ts";
import { toldWrites } from "./told-writes.ts";
import { trust } from "./trust.ts";
import { viewedWrites } from "./viewed-writes.ts";
import { forgetWritten, viewedReads } from "./views.ts";

/** How long a webhook that never comes can be missed for. */
const MINUTE_MS = 60_000;
const SETTLE_MS = 2_000;

export interface FrugalOptions {
  clock: Clock;
  log: Logger;
  /** Every webhook and every write of the component passes through this process. */
  hearsAll: boolean;
  /** Where all that hear and write tell each other of it; `id` is this process. */
  told?: { shared: Pick<Shared, "tell" | "told">; id: string } | undefined;
}

export interface FrugalGitHub extends GitHub {
  /** Resolves when nobody who works on the delivery can have missed it. */
  hear: (...heard: Parameters<Hear>) => Promise<void>;
}

export function frugal(github: GitHub, { clock, log, hearsAll, told }: FrugalOptions): FrugalGitHub {
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
  const hear = hearing({ views, trust: trusted, echoes: own, clock });
  const forgetAll = () => {
    views.forgetAll("");
    trusted.forgetAll("");
  };
  const forget = ({ repo, kinds, number }: Written) => forgetWritten(views, repo, kinds, number);
  const among = told && news({ ...told, clock, log, hear, forget, forgetAll });
  const catchUp = among?.catchUp;
  const viewed = () => viewedWrites(write, views, { echoes: own, clock });
  return {
    ...github,
    read: {
      ...read,
      ...byHash(read, hashes),
      ...trust(read, trusted),
      ...((hearsAll || among) && viewedReads(read, views, { echoes: own, catchUp })),
    },
    write: among ? toldWrites(viewed(), among) : hearsAll ? viewed() : write,
    hear: among ? among.tell : async (event, payload) => hear(event, payload),
  };
}
