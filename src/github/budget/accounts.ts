// Where accounts are: in what the replicas share while that can be reached, and in this process' memory always.
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Shared } from "../../shared/port.ts";
import { type Account, NEW_ACCOUNT } from "./account.ts";

export interface Accounts {
  /** Makes it what `change` says, which may be asked several times, after all changes before it. Never rejects. */
  change(identity: string, change: Change): Promise<void>;
}

type Change = (account: Account) => Account;

/** Longer than any window. */
const KEPT_MS = 2 * 3_600_000;
/** What could not be reached is left alone for so long, so that nobody waits for it again and again. */
const LEFT_ALONE_MS = 5_000;

export function accounts(
  clock: Pick<Clock, "now">,
  log: Pick<Logger, "warn">,
  shared?: Pick<Shared, "peek" | "swap">,
): Accounts {
  const own = new Map<string, Account>();
  let aloneUntil = Number.NEGATIVE_INFINITY;

  async function together(
    { peek, swap }: Pick<Shared, "peek" | "swap">,
    identity: string,
    change: Change,
  ): Promise<void> {
    const key = `budget ${identity}`;
    for (;;) {
      const before = await peek(key);
      const next = change(before === undefined ? NEW_ACCOUNT : (JSON.parse(before) as Account));
      const after = JSON.stringify(next);
      if (after !== before && !(await swap(key, before, after, KEPT_MS))) continue;
      own.set(identity, next);
      return;
    }
  }

  async function changeNow(identity: string, change: Change): Promise<void> {
    if (shared && clock.now().getTime() >= aloneUntil) {
      try {
        return await together(shared, identity, change);
      } catch (error) {
        aloneUntil = clock.now().getTime() + LEFT_ALONE_MS;
        log.warn(
          { error: (error as Error).message },
          "GitHub's budget is not shared with other processes for now.",
        );
      }
    }
    own.set(identity, change(own.get(identity) ?? NEW_ACCOUNT));
  }

  const lines = new Map<string, ReturnType<typeof inTurn<Change>>>();
  return {
    change(identity, change) {
      const line = lines.get(identity) ?? inTurn<Change>((changes) => changeNow(identity, allOf(changes)));
      lines.set(identity, line);
      return line(change);
    },
  };
}

const allOf =
  (changes: readonly Change[]): Change =>
  (account) =>
    changes.reduce((next, change) => change(next), account);

/** What comes while some are at work waits and is then worked on as one: a process never swaps against itself. */
function inTurn<T>(work: (all: readonly T[]) => Promise<void>): (one: T) => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: { all: T[]; done: Promise<void> } | undefined;
  return (one) => {
    if (next) {
      next.all.push(one);
      return next.done;
    }
    const all = [one];
    running = running.then(() => {
      next = undefined;
      return work(all);
    });
    next = { all, done: running };
    return running;
  };
}
