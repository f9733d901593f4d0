// One budget at GitHub for all that sign in as the same: whoever asks waits here until it fits into the limits.
import { currentCause } from "../../lib/cause.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Shared } from "../../shared/port.ts";
import type { Reply } from "../ask.ts";
import { GitHubError } from "../error.ts";
import { NEW_ACCOUNT, settled } from "./account.ts";
import { type Accounts, accounts } from "./accounts.ts";
import { statedBy } from "./answer.ts";
import { type Admission, admit, type Waiting } from "./line.ts";
import { type Asked, needOf, resourceOf } from "./need.ts";
import type { Published } from "./published.ts";

export interface BudgetOptions {
  clock: Clock;
  log: Pick<Logger, "warn">;
  shared?: Shared | undefined;
  published: Published;
  /** Who would have to wait longer fails at once. */
  maxWaitMs: number;
  /** No request is under way for longer. */
  requestMs: number;
  /** Names unlike those of other processes. */
  newId: () => string;
}

export interface Budget {
  /** Resolves when the request may go out; rejects with GitHubError 429 when that would take too long. */
  enter(identity: string, asked: Asked): Promise<Pass>;
}

export interface Pass {
  waitedMs: number;
  /** The request is over; returns the pause in milliseconds when it was refused for a limit. Who enters later knows of it. */
  over(reply?: Reply): number | undefined;
}

interface Waiter extends Waiting {
  path: string;
  /** With what its request is called in the account. */
  go(id: string): void;
  fail(error: unknown): void;
}

export function budget(options: BudgetOptions): Budget {
  const kept = accounts(options.clock, options.log, options.shared);
  const lines = new Map<string, Line>();
  const now = () => options.clock.now();
  return {
    async enter(identity, asked) {
      const line = lines.get(identity) ?? new Line(identity, kept, options);
      lines.set(identity, line);
      const { caller, verdict = false } = currentCause();
      const scan = caller?.scan ?? false;
      const since = now().getTime();
      const id = await new Promise<string>((go, fail) =>
        line.join({ need: needOf({ ...asked, scan, verdict }), since, path: asked.path, go, fail }),
      );
      return {
        waitedMs: now().getTime() - since,
        over(reply) {
          const time = now();
          const stated = reply && statedBy(reply, resourceOf(asked.path), time);
          void kept
            .change(identity, (account) => settled(account, id, stated, options.published, time.getTime()))
            .then(() => line.poke());
          return stated?.pauseMs;
        },
      };
    },
  };
}

class Line {
  readonly #identity: string;
  readonly #accounts: Accounts;
  readonly #options: BudgetOptions;
  #waiting: Waiter[] = [];
  #isBusy = false;
  #news = new AbortController();

  constructor(identity: string, kept: Accounts, options: BudgetOptions) {
    this.#identity = identity;
    this.#accounts = kept;
    this.#options = options;
  }

  join(waiter: Waiter): void {
    this.#waiting.push(waiter);
    if (this.#isBusy) this.poke();
    else void this.#work();
  }

  /** Something has changed: those who wait are looked at again. */
  poke(): void {
    this.#news.abort("news");
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      this.#news = new AbortController();
      try {
        const waitMs = await this.#look();
        if (waitMs > 0 && !this.#news.signal.aborted)
          await this.#options.clock.sleep(waitMs, this.#news.signal);
      } catch (error) {
        for (const { fail } of this.#waiting.splice(0)) fail(error);
      }
    }
    this.#isBusy = false;
  }

  /** Lets go who may, and sends away who would wait too long. Returns when to look again. */
  async #look(): Promise<number> {
    const { clock, published, maxWaitMs, requestMs, newId } = this.#options;
    const present = [...this.#waiting];
    const time = clock.now().getTime();
    const at = { now: time, until: time + requestMs, round: newId() };
    let seen: Admission<Waiter> = { account: NEW_ACCOUNT, admitted: [], refused: [] };
    await this.#accounts.change(this.#identity, (account) => {
      seen = admit(account, present, published, at);
      return seen.account;
    });
    const gone = new Set<Waiter>(seen.admitted.map(({ waiting }) => waiting));
    for (const { waiting, id } of seen.admitted) waiting.go(id);
    let soonest = Number.POSITIVE_INFINITY;
    for (const { waiting, refusal } of seen.refused) {
      if (time - waiting.since + refusal.waitMs > maxWaitMs) {
        gone.add(waiting);
        waiting.fail(tooLong(refusal.of, time + refusal.waitMs, waiting.path));
      } else soonest = Math.min(soonest, refusal.waitMs);
    }
    this.#waiting = this.#waiting.filter((waiter) => !gone.has(waiter));
    return Number.isFinite(soonest) ? soonest : 0;
  }
}

const tooLong = (of: string, until: number, path: string): GitHubError =>
  new GitHubError(
    429,
    `GitHub's rate limit is used up until ${new Date(until).toISOString()} (${of}): ${path} was not asked`,
    { budgetUntil: until },
  );
