// The deliveries that a guest's process has: what each may act on, and what became of it.
import type { Clock } from "../lib/clock.ts";
import type { RepoRef } from "../model/github.ts";
import { GuestError, HandlerError } from "./error.ts";
import type { Thrown } from "./protocol.ts";

export interface UnderWay {
  /** `done` rejects with GuestError `slow` when it is not done in time. */
  begin(scope: RepoRef): { id: number; done: Promise<void> };
  end(id: number, errors: Thrown[]): void;
  /** Of a delivery that is under way or was not long ago: a handler may go on after it has returned. */
  scopeOf(id: number): RepoRef | undefined;
  /** Fails all of them. */
  lose(why: string): void;
  /** Resolves when none is left. */
  settled(): Promise<unknown>;
}

const REMEMBERED = 1_000;

export function underWay(
  { longestMs, clock }: { longestMs: number; clock: Pick<Clock, "sleep"> },
  onSlow: () => void,
): UnderWay {
  const open = new Map<number, PromiseWithResolvers<void>>();
  const scopes = new Map<number, RepoRef>();
  let count = 0;

  function close(id: number): PromiseWithResolvers<void> | undefined {
    const found = open.get(id);
    open.delete(id);
    return found;
  }

  return {
    begin(scope) {
      const id = ++count;
      const entry = Promise.withResolvers<void>();
      open.set(id, entry);
      scopes.set(id, scope);
      scopes.delete(id - REMEMBERED);
      const inTime = new AbortController();
      void clock.sleep(longestMs, inTime.signal).then(() => {
        if (inTime.signal.aborted) return;
        close(id)?.reject(new GuestError("slow", `it was not done within ${longestMs / 1000} s`));
        onSlow();
      });
      return { id, done: entry.promise.finally(() => inTime.abort()) };
    },
    end(id, errors) {
      const thrown = errors.map(({ message, status, stack }) => new HandlerError(message, status, stack));
      const entry = close(id);
      if (thrown.length === 0) entry?.resolve();
      else entry?.reject(new AggregateError(thrown, thrown.map(({ message }) => message).join("; ")));
    },
    scopeOf: (id) => scopes.get(id),
    lose(why) {
      for (const id of [...open.keys()]) close(id)?.reject(new GuestError("ended", why));
    },
    settled: () => Promise.allSettled([...open.values()].map(({ promise }) => promise)),
  };
}
