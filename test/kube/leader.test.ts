// Leader election among processes that share one Lease: at most one leads, another takes over.
import { describe, expect, test } from "vitest";
import { KubeError } from "../../src/kube/error.ts";
import { whileLeading } from "../../src/kube/leader.ts";
import type { Kube } from "../../src/kube/port.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Lease } from "../../src/model/lease.ts";
import { manualClock } from "../lib/manual-clock.ts";

/**
 * One Lease behind the port, with the API server's preconditions. `down` names identities that cannot reach it, `late` those that get their answers after so many ms, `lose` those
 * whose writes are done without an answer.
 */
function leaseServer(clock: Clock) {
  let lease: Lease | undefined;
  let version = 0;
  const down = new Set<string>();
  const late = new Map<string, number>();
  const lose = new Set<string>();
  const store = (next: Lease) => {
    lease = { ...next, metadata: { ...next.metadata, resourceVersion: String(++version) } };
    return lease;
  };
  const kube = (identity: string) => {
    const reach = () => {
      if (down.has(identity)) throw new KubeError(0, "ECONNREFUSED", "connection refused");
    };
    return {
      read: {
        async get() {
          reach();
          const found = lease;
          const ms = late.get(identity);
          if (ms) await clock.sleep(ms);
          return found;
        },
      },
      write: {
        async create(_kind: unknown, object: Lease) {
          reach();
          if (lease) throw new KubeError(409, "AlreadyExists", "exists");
          return store(object);
        },
        async replace(_kind: unknown, object: Lease) {
          reach();
          if (object.metadata.resourceVersion !== lease?.metadata.resourceVersion) {
            throw new KubeError(409, "Conflict", "modified");
          }
          const stored = store(object);
          if (lose.has(identity)) throw new KubeError(0, "ECONNRESET", "reset");
          return stored;
        },
      },
    } as unknown as Kube;
  };
  return { kube, down, late, lose, lease: () => lease };
}

function election(random = () => 0) {
  const clock = manualClock();
  const server = leaseServer(clock);
  const leading: string[] = [];
  const most = { value: 0 };
  const join = (identity: string) => {
    const stop = new AbortController();
    const result = whileLeading(
      {
        kube: server.kube(identity),
        namespace: "prow",
        name: "prow-controller-manager-leader-lock",
        identity,
        clock,
        monotonic: () => clock.now().getTime(),
        random,
        log: silent,
      },
      stop.signal,
      async (signal) => {
        leading.push(identity);
        most.value = Math.max(most.value, leading.length);
        await new Promise<void>((resolve) =>
          signal.addEventListener("abort", () => resolve(), { once: true }),
        );
        leading.splice(leading.indexOf(identity), 1);
      },
    );
    return { stop, result };
  };
  return { ...server, clock, leading, most, join };
}

describe("leader election", () => {
  test("one leads and renews in client-go's fields", async () => {
    const { clock, leading, lease, join } = election();
    join("a");
    await clock.advance(1_000);
    join("b");
    await clock.advance(60_000);
    expect(leading).toEqual(["a"]);
    expect(lease()?.spec).toEqual({
      holderIdentity: "a",
      leaseDurationSeconds: 4,
      acquireTime: "2026-01-02T03:04:05.000000Z",
      renewTime: expect.stringMatching(/^2026-01-02T03:05:0\d\.000000Z$/),
      leaseTransitions: 0,
    });
  });

  test("who stops gives the lease back, and the next takes it at once", async () => {
    const { clock, leading, lease, join } = election();
    const a = join("a");
    await clock.advance(1_000);
    join("b");
    await clock.advance(10_000);
    a.stop.abort();
    expect(await a.result).toBe(true);
    expect(lease()?.spec.holderIdentity).toBe("");
    await clock.advance(3_000);
    expect(leading).toEqual(["b"]);
    expect(lease()?.spec.leaseTransitions).toBe(1);
  });

  test("who stops keeps the lease until its work is done", async () => {
    const { kube, lease, clock, join, leading } = election();
    const stop = new AbortController();
    const drained = Promise.withResolvers<void>();
    const options = { kube: kube("a"), namespace: "prow", name: "l", identity: "a", clock, log: silent };
    const tools = { monotonic: () => clock.now().getTime(), random: () => 0 };
    const ended = whileLeading({ ...options, ...tools }, stop.signal, () => drained.promise);
    await clock.advance(1_000);
    join("b");
    stop.abort();
    await clock.advance(20_000);
    expect([leading, lease()?.spec.holderIdentity]).toEqual([[], "a"]);
    drained.resolve();
    await clock.advance(1_500);
    expect(await ended).toBe(true);
    expect(leading).toEqual(["b"]);
  });

  test("who cannot renew stops leading before another can begin", async () => {
    const { clock, leading, most, down, join } = election();
    const a = join("a");
    await clock.advance(1_000);
    join("b");
    await clock.advance(10_000);
    down.add("a");
    await clock.advance(3_200);
    expect(leading).toEqual([]);
    expect(await a.result).toBe(false);
    await clock.advance(1_800);
    expect([leading, most.value]).toEqual([["b"], 1]);
  });

  test.each([0, 0.3, 0.5, 0.99])(
    "who is killed is followed within 4.5 s of its last renewal, %s",
    async (random) => {
      const { clock, leading, lease, down, join } = election(() => random);
      join("a");
      await clock.advance(1_000);
      join("b");
      await clock.advance(10_000);
      const renewed = lease()?.spec.renewTime;
      while (lease()?.spec.renewTime === renewed) await clock.advance(1);
      down.add("a");
      await clock.advance(3_990);
      expect(leading).not.toContain("b");
      await clock.advance(510);
      expect(leading).toEqual(["b"]);
    },
  );

  test("where answers are slow the lease is longer and is not lost; when they are quick again it is short", async () => {
    const { clock, leading, lease, late, join } = election();
    const a = join("a");
    await clock.advance(1_000);
    join("b");
    late.set("a", 1_800);
    await clock.advance(60_000);
    expect([leading, lease()?.spec.leaseDurationSeconds]).toEqual([["a"], 15]);
    late.delete("a");
    await clock.advance(6_000);
    expect([leading, lease()?.spec.leaseDurationSeconds]).toEqual([["a"], 4]);
    a.stop.abort();
  });

  test("a lease that was shortened without an answer is given up in time", async () => {
    const { clock, leading, most, late, down, join, lose } = election();
    join("a");
    late.set("a", 1_000);
    await clock.advance(10_000);
    join("b");
    late.delete("a");
    lose.add("a");
    await clock.advance(1_500);
    down.add("a");
    await clock.advance(2_800);
    expect(leading).toEqual([]);
    await clock.advance(2_000);
    expect([leading, most.value]).toEqual([["b"], 1]);
  });

  test("who was stopped for longer than its lease knows that it holds it no more, before any signal tells", async () => {
    const { kube, clock } = election();
    const stopped = { ms: 0 };
    const told: boolean[] = [];
    const stop = new AbortController();
    const options = { kube: kube("a"), namespace: "prow", name: "l", identity: "a", clock, log: silent };
    const tools = { monotonic: () => clock.now().getTime() + stopped.ms, random: () => 0 };
    const ended = whileLeading({ ...options, ...tools }, stop.signal, async (signal, holds) => {
      told.push(holds());
      await clock.sleep(2_500);
      told.push(holds());
      stopped.ms = 8_000;
      told.push(holds(), signal.aborted);
    });
    await clock.advance(6_000);
    await ended;
    expect(told).toEqual([true, true, false, false]);
  });

  test("of two who come at once one wins", async () => {
    const { clock, leading, most, join } = election();
    for (const identity of ["a", "b", "c"]) join(identity);
    await clock.advance(60_000);
    expect([leading.length, most.value]).toEqual([1, 1]);
  });

  test("where leases are forbidden it leads without one only if it may", async () => {
    const clock = manualClock();
    const forbidden = async () => {
      throw new KubeError(403, "Forbidden", "leases.coordination.k8s.io is forbidden");
    };
    const kube = { read: { get: forbidden } } as unknown as Kube;
    const told: string[] = [];
    const join = (identity: string, unguarded?: () => void) => {
      const stop = new AbortController();
      const options = { kube, namespace: "prow", name: "l", identity, clock, log: silent, unguarded };
      const tools = { monotonic: () => clock.now().getTime(), random: () => 0 };
      const ended = whileLeading({ ...options, ...tools }, stop.signal, async (signal) => {
        told.push(`${identity} leads`);
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      });
      return { stop, ended };
    };
    const free = join("a", () => told.push("a is told"));
    const strict = join("b");
    await clock.advance(60_000);
    expect(told[0]).toBe("a is told");
    expect(told.filter((line) => line.endsWith("leads"))).toEqual(["a leads"]);
    free.stop.abort();
    strict.stop.abort();
    await clock.advance(2_000);
    expect(await free.ended).toBe(true);
  });

  test("an error of the work comes out, and the lease is free", async () => {
    const { kube, lease, clock } = election();
    const working = whileLeading(
      {
        kube: kube("a"),
        namespace: "prow",
        name: "l",
        identity: "a",
        clock,
        monotonic: () => 0,
        random: () => 0,
        log: silent,
      },
      new AbortController().signal,
      async () => {
        throw new Error("broken");
      },
    );
    const outcome = expect(working).rejects.toThrow("broken");
    await clock.advance(5_000);
    await outcome;
    expect(lease()?.spec.holderIdentity).toBe("");
  });
});
