// The reflector against a scripted API: it follows, resumes, lists anew only when it must, and never stops.
import { afterEach, describe, expect, test } from "vitest";
import { KubeError } from "../../src/kube/error.ts";
import type { KubeRead, ObjectStore, WatchEvent, WholeList } from "../../src/kube/port.ts";
import { type ReflectOptions, reflect } from "../../src/kube/reflector.ts";
import { silent } from "../../src/lib/logger.ts";
import { POD, type Pod } from "../../src/model/pod.ts";
import { manualClock, settle } from "../lib/manual-clock.ts";

const pod = (name: string, resourceVersion: string, image = "i"): Pod => ({
  metadata: { name, namespace: "default", resourceVersion },
  spec: { containers: [{ name: "test", image }] },
});

type Script = (
  | { list: Pod[]; at: string }
  | { listFails: KubeError }
  | { watch: WatchEvent<Pod>[]; ends?: KubeError | "hang" }
)[];

/** Plays the script in order; afterwards every request hangs. Notes what was asked. */
function scripted(script: Script): { read: KubeRead; asked: string[] } {
  const asked: string[] = [];
  const hang = (signal?: AbortSignal) =>
    new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
  const read = {
    async list(_kind: unknown, { project, notOlderThan }: WholeList<Pod>) {
      asked.push(notOlderThan === "0" ? "list" : `list not older than ${notOlderThan}`);
      const step = script.shift();
      if (step && "list" in step)
        return { items: project ? step.list.map(project) : step.list, resourceVersion: step.at };
      if (step && "listFails" in step) throw step.listFails;
      return hang();
    },
    async *watch(
      _kind: unknown,
      { resourceVersion, signal }: { resourceVersion: string; signal: AbortSignal },
    ) {
      asked.push(`watch ${resourceVersion}`);
      const step = script.shift();
      if (!step || !("watch" in step)) return hang(signal);
      yield* step.watch;
      if (step.ends === "hang") await hang(signal);
      else if (step.ends) throw step.ends;
    },
  };
  return { read: read as unknown as KubeRead, asked };
}

const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

function start(script: Script, options: ReflectOptions<Pod> = {}) {
  const { read, asked } = scripted(script);
  const stop = new AbortController();
  stops.push(stop);
  const clock = manualClock();
  const store = reflect(read, POD, options, { clock, log: silent, signal: stop.signal, random: () => 0 });
  const changes: string[] = [];
  store.onChange(({ name }, object, old) =>
    changes.push(
      `${name} ${old?.metadata.resourceVersion ?? "-"} > ${object?.metadata.resourceVersion ?? "-"}`,
    ),
  );
  return { store, asked, changes, clock, stop };
}

const names = (store: ObjectStore<Pod>) => store.list().map(({ metadata }) => metadata.name);

describe("reflector", () => {
  test("lists, then follows the watch and tells listeners old and new", async () => {
    const { store, asked, changes } = start([
      { list: [pod("a", "1")], at: "5" },
      {
        watch: [
          { type: "ADDED", object: pod("b", "6") },
          { type: "MODIFIED", object: pod("a", "7") },
          { type: "DELETED", object: pod("b", "8") },
        ],
        ends: "hang",
      },
    ]);
    expect(store.synced()).toBe(false);
    await settle();
    expect(store.synced()).toBe(true);
    expect(asked).toEqual(["list", "watch 5"]);
    expect(changes).toEqual(["a - > 1", "b - > 6", "a 1 > 7", "b 6 > -"]);
    expect(names(store)).toEqual(["a"]);
    expect(store.get("default", "a")?.metadata.resourceVersion).toBe("7");
  });

  test("says why it can not follow, until it can", async () => {
    const { store, clock } = start([
      { listFails: new KubeError(0, "ECONNREFUSED", "connect ECONNREFUSED") },
      { list: [], at: "5" },
      { watch: [], ends: "hang" },
    ]);
    await settle();
    expect(store.failure?.()).toBe("connect ECONNREFUSED");
    await clock.advance(20_000);
    expect([store.synced(), store.failure?.()]).toEqual([true, undefined]);
  });

  test("goes on from the last event or bookmark when a watch ends or breaks", async () => {
    const { asked, clock } = start([
      { list: [], at: "5" },
      { watch: [{ type: "ADDED", object: pod("a", "6") }] },
      { watch: [{ type: "BOOKMARK", object: pod("", "9") }], ends: new KubeError(0, "ECONNRESET", "reset") },
      { watch: [], ends: "hang" },
    ]);
    await clock.advance(5_000);
    expect(asked).toEqual(["list", "watch 5", "watch 6", "watch 9"]);
  });

  test("lists anew when its version is too old, and tells only what differs", async () => {
    const { asked, changes, clock } = start([
      { list: [pod("a", "1"), pod("b", "2"), pod("c", "3")], at: "5" },
      { watch: [], ends: new KubeError(410, "Expired", "too old resource version") },
      { list: [pod("a", "1"), pod("b", "8"), pod("d", "9")], at: "10" },
      { watch: [], ends: "hang" },
    ]);
    await clock.advance(5_000);
    expect(asked).toEqual(["list", "watch 5", "list not older than 5", "watch 10"]);
    expect(changes.slice(3)).toEqual(["c 3 > -", "b 2 > 8", "d - > 9"]);
  });

  test("survives every failure, with growing pauses, and is not synced before the first list", async () => {
    const { store, asked, clock } = start([
      { listFails: new KubeError(0, "ECONNREFUSED", "connection refused") },
      { listFails: new KubeError(403, "Forbidden", "not yet") },
      { listFails: new KubeError(500, "InternalError", "etcd") },
      { list: [pod("a", "1")], at: "2" },
      { watch: [], ends: new KubeError(500, "InternalError", "etcd") },
      { list: [pod("a", "1")], at: "3" },
    ]);
    await settle();
    expect(asked).toEqual(["list"]);
    await clock.advance(130);
    expect(asked).toHaveLength(2);
    await clock.advance(130);
    expect([asked.length, store.synced()]).toEqual([2, false]);
    await clock.advance(10_000);
    expect(store.synced()).toBe(true);
    expect(asked).toEqual(["list", "list", "list", "list", "watch 2", "list not older than 2", "watch 3"]);
  });

  test("does not ask in a tight loop when watches end at once", async () => {
    const { asked, clock } = start([
      { list: [], at: "5" },
      ...Array.from({ length: 50 }, () => ({ watch: [] })),
    ]);
    await clock.advance(1_000);
    expect(asked.length).toBeLessThan(8);
  });

  test("keeps only what the projection leaves", async () => {
    const project = ({ metadata }: Pod): Pod => ({ metadata, spec: { containers: [] } });
    const { store } = start(
      [
        { list: [pod("a", "1")], at: "5" },
        { watch: [], ends: "hang" },
      ],
      { project },
    );
    await settle();
    expect(store.get("default", "a")?.spec.containers).toEqual([]);
  });

  test("a listener that throws harms no other", async () => {
    const { store, changes } = start([
      { list: [], at: "5" },
      { watch: [{ type: "ADDED", object: pod("a", "6") }], ends: "hang" },
    ]);
    store.onChange(() => {
      throw new Error("bug");
    });
    const seen: string[] = [];
    store.onChange(({ name }) => void seen.push(name));
    await settle();
    expect([changes, seen]).toEqual([["a - > 6"], ["a"]]);
  });
});
