// A local copy of a list, kept current by list and watch. It never gives up: every failure is retried after a pause.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { type BackOff, backOffMs, jittered } from "../lib/waiting/back-off.ts";
import type { Kind, KubeObject } from "../model/kube-object.ts";
import { isGone, KubeError } from "./error.ts";
import { type MutableStore, objectStore } from "./object-store.ts";
import type { KubeRead, ListOptions, ObjectStore } from "./port.ts";

export interface ReflectOptions<T> extends ListOptions {
  /** What is kept of an object, e.g. without `pod_spec`; `metadata` with name, namespace, resourceVersion must stay. */
  project?: (object: T) => T;
}

export interface ReflectDeps {
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  /** 0 ≤ x < 1. */
  random: () => number;
}

const PAUSE: BackOff = { firstMs: 250, longestMs: 10_000 };
/** A watch that lasted so long was a good one even if nothing happened. */
const QUIET_WATCH_MS = 2_000;

/** Starts at once and goes on until `signal` aborts. */
export function reflect<T extends KubeObject>(
  read: KubeRead,
  kind: Kind<T>,
  options: ReflectOptions<T>,
  deps: ReflectDeps,
): ObjectStore<T> {
  const store = objectStore<T>(deps.log.child({ reflector: kind.plural }));
  void keepCurrent(new Reflection(read, kind, options, store), kind, deps, store.failed);
  return store;
}

async function keepCurrent<T extends KubeObject>(
  reflection: Reflection<T>,
  kind: Kind<T>,
  { clock, log, signal, random }: ReflectDeps,
  failed: (why: string | undefined) => void,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const progress = await reflection.step(signal, clock);
      // A server that ends every watch at once must not be asked in a tight loop.
      failures = progress ? 0 : failures + 1;
      if (progress) failed(undefined);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      failed((error as Error).message);
      log.warn(
        { kind: kind.plural, error: (error as Error).message, failures },
        "cannot follow, trying again",
      );
    }
    if (failures > 0) await clock.sleep(jittered(backOffMs(PAUSE, failures), random), signal);
  }
}

class Reflection<T extends KubeObject> {
  readonly #read: KubeRead;
  readonly #kind: Kind<T>;
  readonly #options: ListOptions;
  /** Applied page by page, so that the whole objects of a long list are never in memory at once. */
  readonly #project: (object: T) => T;
  readonly #store: MutableStore<T>;
  /** Where the next watch goes on; undefined when only a new list helps. */
  #version: string | undefined;
  /** The newest that is known: an older list would take back what was told. */
  #newest = "0";

  constructor(read: KubeRead, kind: Kind<T>, options: ReflectOptions<T>, store: MutableStore<T>) {
    const { project, ...list } = options;
    this.#read = read;
    this.#kind = kind;
    this.#options = list;
    this.#project = project ?? ((object) => object);
    this.#store = store;
  }

  /** One list if one is needed, then one watch to its end. Tells whether anything was learned. */
  async step(signal: AbortSignal, clock: Pick<Clock, "now">): Promise<boolean> {
    let progress = false;
    const began = clock.now().getTime();
    if (this.#version === undefined) {
      const { items, resourceVersion } = await this.#read.list(this.#kind, {
        ...this.#options,
        project: this.#project,
        notOlderThan: this.#newest,
      });
      if (signal.aborted) return true;
      this.#store.replaceAll(items);
      this.#version = this.#newest = resourceVersion;
      progress = true;
    }
    try {
      const resourceVersion = this.#version;
      for await (const event of this.#read.watch(this.#kind, { ...this.#options, resourceVersion, signal })) {
        if (event.type === "DELETED") this.#store.remove(event.object.metadata);
        else if (event.type !== "BOOKMARK") this.#store.put(this.#project(event.object));
        this.#version = this.#newest = event.object.metadata.resourceVersion ?? this.#newest;
        progress = true;
      }
    } catch (error) {
      if (needsList(error)) this.#version = undefined;
      if (!isGone(error)) throw error;
    }
    return progress || clock.now().getTime() - began > QUIET_WATCH_MS;
  }
}

/** The server answers but not from this version: too old (410), or from before it was restored from a backup. */
function needsList(error: unknown): boolean {
  return error instanceof KubeError && error.status >= 400 && ![401, 403, 429, 503].includes(error.status);
}
