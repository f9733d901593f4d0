// An effect of two halves, of which the second may fail: who tries it again begins with that one.
import { mayPass } from "../github/error.ts";
import { currentCause } from "../lib/cause.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";

/** Of so many effects it is remembered, and so many characters of what they are. */
const REMEMBERED = 10_000;
const REMEMBERED_CHARACTERS = 4 * 1024 * 1024;

/**
 * Does `first`, then `second` with what that brought. When `second` fails and may go well another time, as when GitHub's
 * budget ends between the two, the next attempt of the same plugin at the same delivery does `second` alone. `what` tells
 * one effect from another. Lost with the process, which is safe: both halves can be repeated.
 */
export type InHalves = <T>(
  what: string,
  first: () => Promise<T>,
  second: (brought: T) => Promise<void>,
) => Promise<void>;

export function inHalves(): InHalves {
  const halfDone = boundedMap<{ brought: unknown }>(REMEMBERED, REMEMBERED_CHARACTERS);
  return async <T>(what: string, first: () => Promise<T>, second: (brought: T) => Promise<void>) => {
    const { guid, plugin } = currentCause();
    const key = `${guid} ${plugin} ${what}`;
    const known = halfDone.get(key);
    halfDone.delete(key);
    const brought = known ? (known.brought as T) : await first();
    try {
      await second(brought);
    } catch (error) {
      // What fails for good is done from the beginning when somebody has it done again.
      if (guid !== undefined && mayPass(error)) halfDone.set(key, { brought }, key.length);
      throw error;
    }
  };
}
