// Leader election on a Lease, in client-go's fields but faster: renewed every second, taken over 4 s after the last time.
// Where the API server is slow to answer, the lease is as long as client-go's: a lead that flaps is worse than a late one.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { microTime } from "../lib/timestamp.ts";
import { jittered } from "../lib/waiting/back-off.ts";
import { inTime } from "../lib/waiting/in-time.ts";
import { LEASE, type Lease } from "../model/lease.ts";
import { isConflict, KubeError } from "./error.ts";
import type { Kube } from "./port.ts";

export interface LeaderOptions {
  kube: Kube;
  namespace: string;
  /** Name of the Lease, e.g. prow-controller-manager-leader-lock. */
  name: string;
  /** Of this process, unique. */
  identity: string;
  clock: Clock;
  /** Milliseconds of a clock that never jumps, e.g. performance.now; others' leases are timed by it. */
  monotonic: () => number;
  random: () => number;
  log: Logger;
  /** The server allows no leases here: lead without one. Otherwise that is an error like any other. */
  unguarded?: () => void;
}

/** Short, so that another has taken over within 5 s of a kill. */
const LEASE_SECONDS = 4;
/** When the server (or this process) took longer than that for a read. */
const SLOW_MS = 500;
const SLOW_LEASE_SECONDS = 15;
/** For its holder in ms: the others' clocks may be a little faster. */
const lasts = (seconds: number): number => seconds * 750;
const RENEW_MS = 1_000;
/** Also when the last renewal took so long that the next is due. */
const RENEW_PAUSE_MS = 200;
/** How often who stands by looks: so late at most does it see a renewal, and times the lease from then. */
const LOOK_MS = 400;
/** The same while the server does not answer. */
const UNANSWERED_MS = 2_000;

/**
 * Waits until this process leads, runs `lead` with a signal that aborts when the lead or `signal` is lost, and gives
 * the lease back. `holds` tells whether the lease is surely ours yet: a process that was stopped and goes on learns it
 * from there before any signal. Returns whether it ended because `signal` aborted or `lead` returned; false: the lead was lost.
 */
export async function whileLeading(
  options: LeaderOptions,
  signal: AbortSignal,
  lead: (signal: AbortSignal, holds: () => boolean) => Promise<void>,
): Promise<boolean> {
  const election = new Election(options);
  while (!signal.aborted && !(await election.tryHold())) {
    await options.clock.sleep(election.nextTryMs(), signal);
  }
  if (signal.aborted) return true;
  options.log.info({ lease: options.name, identity: options.identity }, "leading");

  const over = new AbortController();
  const lost = new AbortController();
  const holds = () => options.monotonic() < election.until;
  const work = lead(AbortSignal.any([signal, lost.signal]), holds).finally(() => over.abort());
  // Awaited below; until then a rejection must not count as unhandled.
  work.catch(() => {});
  // Until the work is over, also while it comes to its end: nobody else may begin before.
  const held = await keepHolding(election, options, over.signal);
  if (!held) options.log.error({ lease: options.name }, "the lead was lost");
  lost.abort();
  try {
    await work;
  } finally {
    if (held) await election.release();
  }
  return held;
}

/** Renews until `term` ends (true), or until the lease ran out without success (false). */
async function keepHolding(
  election: Election,
  { clock, monotonic }: LeaderOptions,
  term: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await clock.sleep(Math.max(RENEW_PAUSE_MS, election.from + RENEW_MS - monotonic()), term);
    if (term.aborted) return true;
    const longest = Math.min(lasts(LEASE_SECONDS), election.until - monotonic());
    const renewed = await within(longest, election.tryHold(), clock);
    if (!renewed && monotonic() >= election.until) return false;
  }
}

/** A renewal that hangs must not keep us believing that we lead. */
const within = async (ms: number, attempt: Promise<boolean>, clock: Clock): Promise<boolean> =>
  (await inTime(attempt, Math.max(0, ms), clock)) === true;

class Election {
  readonly #options: LeaderOptions;
  /** The lease as last seen changed, and when that was on our own clock: others' clocks may be wrong. */
  #seen: { version: string; at: number; lastsMs: number } | undefined;
  #unanswered = false;
  /** On the clock that never jumps: when the lease was last asked for with success, and when we give it up. */
  from = Number.NEGATIVE_INFINITY;
  until = Number.NEGATIVE_INFINITY;

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  /** Takes or renews the lease; false when another holds it or the server does not answer. */
  async tryHold(): Promise<boolean> {
    const { kube, namespace, name, log, monotonic } = this.#options;
    const from = monotonic();
    try {
      const lease = await kube.read.get(LEASE, namespace, name);
      this.#unanswered = false;
      if (lease && !this.#mayTake(lease)) return false;
      const seconds = monotonic() - from > SLOW_MS ? SLOW_LEASE_SECONDS : LEASE_SECONDS;
      const mine = this.#lease(lease ?? {}, seconds);
      const until = from + lasts(seconds);
      // What was written counts for the others, even when its answer is lost.
      this.until = Math.min(this.until, until);
      await (lease ? kube.write.replace(LEASE, mine) : kube.write.create(LEASE, mine));
      Object.assign(this, { from, until });
      return true;
    } catch (error) {
      const { unguarded } = this.#options;
      if (unguarded && error instanceof KubeError && error.status === 403) {
        unguarded();
        Object.assign(this, { from, until: Number.POSITIVE_INFINITY });
        return true;
      }
      // Of two that try at once one is refused.
      this.#unanswered = !isConflict(error);
      if (this.#unanswered)
        log.warn({ lease: name, error: (error as Error).message }, "cannot take or renew the lease");
      return false;
    }
  }

  #mayTake({ metadata, spec }: Lease): boolean {
    if (!spec.holderIdentity || spec.holderIdentity === this.#options.identity) return true;
    const now = this.#options.monotonic();
    const version = metadata.resourceVersion ?? "";
    const lastsMs = (spec.leaseDurationSeconds ?? LEASE_SECONDS) * 1000;
    if (this.#seen?.version !== version) this.#seen = { version, at: now, lastsMs };
    return now - this.#seen.at > lastsMs;
  }

  /** Jittered, since others stand by too; but when the lease runs out it is asked for at once. */
  nextTryMs(): number {
    const { monotonic, random } = this.#options;
    const pause = jittered(this.#unanswered ? UNANSWERED_MS : LOOK_MS, random);
    if (!this.#seen) return pause;
    const left = this.#seen.at + this.#seen.lastsMs - monotonic();
    return left > 0 ? Math.min(pause, left + 1) : pause;
  }

  /** `old` carries the resourceVersion: of two takers the slower is refused. */
  #lease(old: Partial<Lease>, leaseDurationSeconds: number): Lease {
    const { namespace, name, identity, clock } = this.#options;
    const now = microTime(clock.now());
    const mine = old.spec?.holderIdentity === identity;
    const transitions = old.spec?.leaseTransitions ?? 0;
    return {
      metadata: { ...old.metadata, namespace, name },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds,
        acquireTime: mine ? old.spec?.acquireTime : now,
        renewTime: now,
        leaseTransitions: mine || !old.spec ? transitions : transitions + 1,
      },
    };
  }

  /** So that the next leader need not wait. Without success it only has to. */
  async release(): Promise<void> {
    const { kube, namespace, name, identity, clock } = this.#options;
    try {
      const lease = await kube.read.get(LEASE, namespace, name);
      if (lease?.spec.holderIdentity !== identity) return;
      const now = microTime(clock.now());
      const spec = {
        ...lease.spec,
        holderIdentity: "",
        leaseDurationSeconds: 1,
        renewTime: now,
        acquireTime: now,
      };
      await kube.write.replace(LEASE, { ...lease, spec });
    } catch {
      // The lease runs out by itself.
    }
  }
}
