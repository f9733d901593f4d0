// Where accounts are: in what the replicas share while that can be reached, and in this process' memory always.
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/logger.ts";
import { inTurn } from "../../lib/waiting/in-turn.ts";
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
const ASK_AGAIN_MS = 5_000;

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
    const key = `account ${identity}`;
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
        aloneUntil = clock.now().getTime() + ASK_AGAIN_MS;
        log.warn(
          { error: (error as Error).message },
          "GitHub's budget is not shared with other processes for now.",
        );
      }
    }
    own.set(identity, change(own.get(identity) ?? NEW_ACCOUNT));
  }

  // A process never swaps against itself.
  const lines = new Map<string, (change: Change) => Promise<void>>();
  return {
    change(identity, change) {
      const line =
        lines.get(identity) ?? inTurn((changes: readonly Change[]) => changeNow(identity, allOf(changes)));
      lines.set(identity, line);
      return line(change);
    },
  };
}

const allOf =
  (changes: readonly Change[]): Change =>
  (account) =>
    changes.reduce((next, change) => change(next), account);
