// Leader election on a Lease, in client-go's fields but faster: renewed every second, taken over 4 s after the last time.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { microTime } from "../lib/timestamp.ts";
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
/** Before the lease runs out for the others, whose clocks may be a little faster. */
const RENEW_DEADLINE_MS = 3_000;
const RENEW_MS = 1_000;
/** How often who stands by looks: so late at most does it see a renewal, and times the lease from then. */
const LOOK_MS = 400;

/**
 * Waits until this process leads, runs `lead` with a signal that aborts when the lead or `signal` is lost, and gives
 * the lease back. Returns whether it ended because `signal` aborted or `lead` returned; false: the lead was lost.
 */
export async function whileLeading(
  options: LeaderOptions,
  signal: AbortSignal,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const election = new Election(options);
  while (!signal.aborted && !(await election.tryHold())) {
    await options.clock.sleep(election.nextTryMs(), signal);
  }
  if (signal.aborted) return true;
  options.log.info({ lease: options.name, identity: options.identity }, "leading");

  const over = new AbortController();
  const lost = new AbortController();
  const work = lead(AbortSignal.any([signal, lost.signal])).finally(() => over.abort());
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

/** Renews until `term` ends (true), or until the deadline passed without success (false). */
async function keepHolding(election: Election, options: LeaderOptions, term: AbortSignal): Promise<boolean> {
  let renewed = options.monotonic();
  for (;;) {
    await options.clock.sleep(RENEW_MS, term);
    if (term.aborted) return true;
    const began = options.monotonic();
    if (await within(RENEW_DEADLINE_MS - (began - renewed), election.tryHold(), options.clock))
      renewed = began;
    else if (options.monotonic() - renewed >= RENEW_DEADLINE_MS) return false;
  }
}

/** A renewal that hangs must not keep us believing that we lead. */
async function within(ms: number, attempt: Promise<boolean>, clock: Clock): Promise<boolean> {
  const done = new AbortController();
  const late = clock.sleep(Math.max(0, ms), done.signal).then(() => false);
  return Promise.race([attempt, late]).finally(() => done.abort());
}

class Election {
  readonly #options: LeaderOptions;
  /** The lease as last seen changed, and when that was on our own clock: others' clocks may be wrong. */
  #seen: { version: string; at: number; lastsMs: number } | undefined;

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  /** Takes or renews the lease; false when another holds it or the server does not answer. */
  async tryHold(): Promise<boolean> {
    const { kube, namespace, name, log } = this.#options;
    try {
      const lease = await kube.read.get(LEASE, namespace, name);
      if (!lease) {
        await kube.write.create(LEASE, this.#lease({}));
        return true;
      }
      if (!this.#mayTake(lease)) return false;
      await kube.write.replace(LEASE, this.#lease(lease));
      return true;
    } catch (error) {
      const { unguarded } = this.#options;
      if (unguarded && error instanceof KubeError && error.status === 403) {
        unguarded();
        return true;
      }
      // Of two that try at once one is refused.
      if (!isConflict(error))
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
    const pause = LOOK_MS * (0.5 + random() / 2);
    if (!this.#seen) return pause;
    const left = this.#seen.at + this.#seen.lastsMs - monotonic();
    return left > 0 ? Math.min(pause, left + 1) : pause;
  }

  /** `old` carries the resourceVersion: of two takers the slower is refused. */
  #lease(old: Partial<Lease>): Lease {
    const { namespace, name, identity, clock } = this.#options;
    const now = microTime(clock.now());
    const mine = old.spec?.holderIdentity === identity;
    const transitions = old.spec?.leaseTransitions ?? 0;
    return {
      metadata: { ...old.metadata, namespace, name },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: LEASE_SECONDS,
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
