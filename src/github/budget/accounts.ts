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

interface Own {
  account: Account;
  /** Its text in what is shared, as we know it. */
  shared: string | undefined;
}

/** Longer than any window. */
const KEPT_MS = 2 * 3_600_000;
/** What could not be reached is left alone for so long, so that nobody waits for it again and again. */
const ASK_AGAIN_MS = 5_000;

export function accounts(
  clock: Pick<Clock, "now">,
  log: Pick<Logger, "warn">,
  shared?: Pick<Shared, "swap">,
): Accounts {
  const own = new Map<string, Own>();
  let aloneUntil = Number.NEGATIVE_INFINITY;

  async function together({ swap }: Pick<Shared, "swap">, identity: string, change: Change): Promise<void> {
    let before = own.get(identity) ?? { account: NEW_ACCOUNT, shared: undefined };
    for (;;) {
      const account = change(before.account);
      const text = JSON.stringify(account);
      // Also where nothing changes: what we know may be old.
      const swapped = await swap(`budget ${identity}`, before.shared, text, KEPT_MS);
      if (swapped.isDone) return void own.set(identity, { account, shared: text });
      const { held } = swapped;
      before = { account: held === undefined ? NEW_ACCOUNT : JSON.parse(held), shared: held };
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
    own.set(identity, { account: change(own.get(identity)?.account ?? NEW_ACCOUNT), shared: undefined });
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
