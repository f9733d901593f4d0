// All guests of a hook, each kept apart from the others.
import type { BackOff } from "../lib/waiting/back-off.ts";
import { LIMITS, type Limits } from "./guest-process.ts";
import type { Guest, Guests } from "./port.ts";
import { type GuestDeps, type Supervised, supervise } from "./supervise.ts";

const BACK_OFF: BackOff = { firstMs: 1_000, longestMs: 60_000 };

export type GuestsOptions = Omit<GuestDeps, "limits" | "backOff"> & {
  limits?: Partial<Limits>;
  backOff?: BackOff;
};

/** Nothing runs before its first delivery. */
export function probotGuests({ limits, backOff = BACK_OFF, ...options }: GuestsOptions): Guests {
  const deps: GuestDeps = { ...options, limits: { ...LIMITS, ...limits }, backOff };
  const running = new Map<string, { key: string; guest: Supervised }>();

  function guestFor(guest: Guest): Supervised {
    const key = JSON.stringify([guest.probot, guest.env ?? []]);
    const known = running.get(guest.name);
    if (known?.key === key) return known.guest;
    // plugins.yaml says something else of it than when it was started.
    void known?.guest.stop();
    const made = { key, guest: supervise(guest, deps) };
    running.set(guest.name, made);
    return made.guest;
  }

  return {
    receive: ({ ...guest }, delivery, repo) => guestFor(guest).receive(delivery, repo),
    async close() {
      await Promise.all([...running.values()].map(({ guest }) => guest.stop()));
    },
  };
}
