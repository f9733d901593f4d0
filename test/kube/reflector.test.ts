// The reflector against a scripted API: it follows, resumes, lists anew only when it must, and never stops.
import { afterEach, describe, expect, test } from "vitest";
import { KubeError } from "../../src/kube/error.ts";
import type { KubeRead, ObjectStore, WatchEvent } from "../../src/kube/port.ts";
import { type ReflectOptions, reflect } from "../../src/kube/reflector.ts";
import { silent } from "../../src/lib/logger.ts";
import { POD, type Pod } from "../../src/model/pod.ts";
import { manualClock, settle } from "../lib/manual-clock.ts";

const pod = (name: string, resourceVersion: string, image = "i"): Pod => ({
  metadata: { name, namespace: "default", resourceVersion },
  spec: { containers: [{ name: "test", image }] },
});

/** What a server says when a stream has told all there is. */
const endOfList = (resourceVersion: string): WatchEvent<Pod> => ({
  type: "BOOKMARK",
  object: {
    metadata: { name: "", resourceVersion, annotations: { "k8s.io/initial-events-end": "true" } },
    spec: { containers: [] },
  },
});

type Script = (
  | { list: Pod[]; at: string }
  | { listFails: KubeError }
  | { watch: WatchEvent<Pod>[]; ends?: KubeError | "hang" }
)[];

/** A server that streams whole lists, or one that is too old for that. */
type Server = "streams" | "pages";

/** Plays the script in order; afterwards every request hangs. Notes what was asked. */
function scripted(script: Script, server: Server): { read: KubeRead; asked: string[] } {
  const asked: string[] = [];
  const hang = (signal?: AbortSignal) =>
    new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
  async function* stream(since: string): AsyncGenerator<WatchEvent<Pod>> {
    if (server === "pages") throw new KubeError(422, "Invalid", "sendInitialEvents is forbidden for watch");
    asked.push(`stream${since && ` not older than ${since}`}`);
    const step = script.shift();
    if (step && "watch" in step) {
      yield* step.watch;
      if (step.ends instanceof KubeError) throw step.ends;
      return;
    }
    if (step && "listFails" in step) throw step.listFails;
    if (!step) return hang();
    for (const object of step.list) yield { type: "ADDED", object };
    yield endOfList(step.at);
  }
  const read = {
    async list(_kind: unknown, { project }: { project?: (pod: Pod) => Pod }) {
      asked.push("pages");
      const step = script.shift();
      if (step && "list" in step)
        return { items: project ? step.list.map(project) : step.list, resourceVersion: step.at };
      if (step && "listFails" in step) throw step.listFails;
      return hang();
    },
    async *watch(
      _kind: unknown,
      { resourceVersion, whole, signal }: { resourceVersion: string; whole?: boolean; signal: AbortSignal },
    ): AsyncGenerator<WatchEvent<Pod>> {
      if (whole) return yield* stream(resourceVersion);
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

function start(script: Script, server: Server, options: ReflectOptions<Pod> = {}) {
  const { read, asked } = scripted(script, server);
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

/** What was asked, whichever way whole lists were. */
const inOrder = (asked: string[]) => asked.map((what) => what.replace(/^(stream.*|pages)$/, "list"));

const names = (store: ObjectStore<Pod>) => store.list().map(({ metadata }) => metadata.name);

describe.each<Server>(["streams", "pages"])("reflector of a server that answers in %s", (server) => {
  test("lists, then follows the watch and tells listeners old and new", async () => {
    const { store, asked, changes } = start(
      [
        { list: [pod("a", "1")], at: "5" },
        {
          watch: [
            { type: "ADDED", object: pod("b", "6") },
            { type: "MODIFIED", object: pod("a", "7") },
            { type: "DELETED", object: pod("b", "8") },
          ],
          ends: "hang",
        },
      ],
      server,
    );
    expect(store.synced()).toBe(false);
    await settle();
    expect(store.synced()).toBe(true);
    expect(inOrder(asked)).toEqual(["list", "watch 5"]);
    expect(changes).toEqual(["a - > 1", "b - > 6", "a 1 > 7", "b 6 > -"]);
    expect(names(store)).toEqual(["a"]);
    expect(store.get("default", "a")?.metadata.resourceVersion).toBe("7");
  });

  test("goes on from the last event or bookmark when a watch ends or breaks", async () => {
    const { asked, clock } = start(
      [
        { list: [], at: "5" },
        { watch: [{ type: "ADDED", object: pod("a", "6") }] },
        {
          watch: [{ type: "BOOKMARK", object: pod("", "9") }],
          ends: new KubeError(0, "ECONNRESET", "reset"),
        },
        { watch: [], ends: "hang" },
      ],
      server,
    );
    await clock.advance(5_000);
    expect(inOrder(asked)).toEqual(["list", "watch 5", "watch 6", "watch 9"]);
  });

  test("lists anew when its version is too old, and tells only what differs", async () => {
    const { asked, changes, clock } = start(
      [
        { list: [pod("a", "1"), pod("b", "2"), pod("c", "3")], at: "5" },
        { watch: [], ends: new KubeError(410, "Expired", "too old resource version") },
        { list: [pod("a", "1"), pod("b", "8"), pod("d", "9")], at: "10" },
        { watch: [], ends: "hang" },
      ],
      server,
    );
    await clock.advance(5_000);
    expect(inOrder(asked)).toEqual(["list", "watch 5", "list", "watch 10"]);
    expect(changes.slice(3)).toEqual(["c 3 > -", "b 2 > 8", "d - > 9"]);
  });

  test("survives every failure, with growing pauses, and is not synced before the first list", async () => {
    const { store, asked, clock } = start(
      [
        { listFails: new KubeError(0, "ECONNREFUSED", "connection refused") },
        { listFails: new KubeError(403, "Forbidden", "not yet") },
        { listFails: new KubeError(500, "InternalError", "etcd") },
        { list: [pod("a", "1")], at: "2" },
        { watch: [], ends: new KubeError(500, "InternalError", "etcd") },
        { list: [pod("a", "1")], at: "3" },
      ],
      server,
    );
    await settle();
    expect(inOrder(asked)).toEqual(["list"]);
    await clock.advance(130);
    expect(asked).toHaveLength(2);
    await clock.advance(130);
    expect([asked.length, store.synced()]).toEqual([2, false]);
    await clock.advance(10_000);
    expect(store.synced()).toBe(true);
    expect(inOrder(asked)).toEqual(["list", "list", "list", "list", "watch 2", "list", "watch 3"]);
  });

  test("does not ask in a tight loop when watches end at once", async () => {
    const { asked, clock } = start(
      [{ list: [], at: "5" }, ...Array.from({ length: 50 }, () => ({ watch: [] }))],
      server,
    );
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
      server,
      { project },
    );
    await settle();
    expect(store.get("default", "a")?.spec.containers).toEqual([]);
  });

  test("a listener that throws harms no other", async () => {
    const { store, changes } = start(
      [
        { list: [], at: "5" },
        { watch: [{ type: "ADDED", object: pod("a", "6") }], ends: "hang" },
      ],
      server,
    );
    store.onChange(() => {
      throw new Error("bug");
    });
    const seen: string[] = [];
    store.onChange(({ name }) => void seen.push(name));
    await settle();
    expect([changes, seen]).toEqual([["a - > 6"], ["a"]]);
  });
});

describe("a stream of all there is", () => {
  const added = (object: Pod): WatchEvent<Pod> => ({ type: "ADDED", object });

  test("is heard to its end before the copy changes, and is then followed on", async () => {
    const stream = [
      ...[added(pod("a", "1")), added(pod("b", "2"))],
      ...[{ type: "DELETED" as const, object: pod("a", "6") }, added(pod("c", "7")), endOfList("8")],
      added(pod("d", "9")),
    ];
    const { store, asked, changes } = start([{ watch: stream }, { watch: [], ends: "hang" }], "streams");
    await settle();
    expect(asked).toEqual(["stream", "watch 9"]);
    expect(changes).toEqual(["b - > 2", "c - > 7", "d - > 9"]);
    expect(names(store)).toEqual(["b", "c", "d"]);
  });

  test("that breaks off changes nothing; the list is then read page by page", async () => {
    const { store, asked, clock } = start(
      [
        { watch: [added(pod("a", "1"))], ends: new KubeError(0, "ECONNRESET", "reset") },
        { list: [pod("a", "1"), pod("b", "2")], at: "5" },
        { watch: [], ends: new KubeError(410, "Expired", "too old resource version") },
        { list: [pod("a", "7")], at: "8" },
      ],
      "streams",
    );
    await settle();
    expect(store.synced()).toBe(false);
    await clock.advance(5_000);
    expect(asked).toEqual(["stream", "pages", "watch 5", "stream not older than 5", "watch 8"]);
    expect(names(store)).toEqual(["a"]);
  });

  test.each([
    [new KubeError(0, "ECONNREFUSED", "connection refused"), "stream"],
    [new KubeError(429, "TooManyRequests", "storage is (re)initializing"), "stream"],
    [new KubeError(503, "ServiceUnavailable", "starting"), "stream"],
    [new KubeError(500, "InternalError", "etcd"), "pages"],
  ])("after %s the next is asked for as a %s", async (listFails, next) => {
    const { asked, clock } = start([{ listFails }, { list: [], at: "5" }], "streams");
    await clock.advance(5_000);
    expect(asked).toEqual(["stream", next, "watch 5"]);
  });
});
