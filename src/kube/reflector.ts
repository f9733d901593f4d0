// A local copy of a list, kept current by list and watch. It never gives up: every failure is retried after a pause.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Kind, KubeObject } from "../model/kube-object.ts";
import { isGone, KubeError } from "./error.ts";
import { type MutableStore, objectStore } from "./object-store.ts";
import { endsWholeList, type KubeRead, type ListOptions, type ObjectStore } from "./port.ts";

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

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
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
  void keepCurrent(new Reflection(read, kind, options, store, deps.log), kind, deps);
  return store;
}

async function keepCurrent<T extends KubeObject>(
  reflection: Reflection<T>,
  kind: Kind<T>,
  { clock, log, signal, random }: ReflectDeps,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const progress = await reflection.step(signal, clock);
      // A server that ends every watch at once must not be asked in a tight loop.
      failures = progress ? 0 : failures + 1;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      log.warn(
        { kind: kind.plural, error: (error as Error).message, failures },
        "cannot follow, trying again",
      );
    }
    if (failures > 0) await clock.sleep(pause(failures, random), signal);
  }
}

/** Jittered, so that many clients do not come back at the same moment. */
function pause(failures: number, random: () => number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return longest / 2 + (random() * longest) / 2;
}

/** A whole list is streamed from the server's memory, or read page by page where that is refused or broke off. */
type Copying = "stream" | "pages once" | "pages";

class Reflection<T extends KubeObject> {
  readonly #read: KubeRead;
  readonly #kind: Kind<T>;
  readonly #options: ListOptions;
  /** Applied object by object, so that the whole objects of a long list are never in memory at once. */
  readonly #project: (object: T) => T;
  readonly #store: MutableStore<T>;
  readonly #log: Logger;
  #copying: Copying = "stream";
  /** Whether the next watch can go on from `#version`; otherwise only a whole list helps. */
  #current = false;
  /** The newest that is known; a whole list that is older would take back what was told. */
  #version = "";

  constructor(
    read: KubeRead,
    kind: Kind<T>,
    { project, ...options }: ReflectOptions<T>,
    store: MutableStore<T>,
    log: Logger,
  ) {
    this.#read = read;
    this.#kind = kind;
    this.#options = options;
    this.#project = project ?? ((object) => object);
    this.#store = store;
    this.#log = log;
  }

  /** One watch to its end, after or with a whole list if one is needed. Tells whether anything was learned. */
  async step(signal: AbortSignal, clock: Pick<Clock, "now">): Promise<boolean> {
    const began = clock.now().getTime();
    let progress = false;
    if (!this.#current && this.#copying !== "stream") {
      await this.#copyPages(signal);
      if (signal.aborted) return true;
      progress = true;
    }
    let heard = false;
    try {
      for await (const current of this.#follow(signal)) {
        heard = true;
        progress ||= current;
      }
      if (!this.#current && heard) this.#copying = "pages once";
    } catch (error) {
      if (!this.#current) return this.#streamFailed(error, heard);
      if (needsList(error)) this.#current = false;
      if (!isGone(error)) throw error;
    }
    return progress || clock.now().getTime() - began > QUIET_WATCH_MS;
  }

  async #copyPages(signal: AbortSignal): Promise<void> {
    const list = { ...this.#options, project: this.#project };
    const { items, resourceVersion } = await this.#read.list(this.#kind, list);
    if (signal.aborted) return;
    this.#store.replaceAll(items);
    this.#version = resourceVersion;
    this.#current = true;
    if (this.#copying === "pages once") this.#copying = "stream";
  }

  /** Applies what a watch tells, all there is first where that is needed. Yields after each event whether the copy is current. */
  async *#follow(signal: AbortSignal): AsyncGenerator<boolean> {
    const options = { ...this.#options, resourceVersion: this.#version, whole: !this.#current, signal };
    // What there is may change while it is told; the copy is replaced by all of it at once.
    const into = this.#current ? this.#store : objectStore<T>(this.#log);
    for await (const event of this.#read.watch(this.#kind, options)) {
      const store = this.#current ? this.#store : into;
      if (event.type === "DELETED") store.remove(event.object.metadata);
      else if (event.type !== "BOOKMARK") store.put(this.#project(event.object));
      else if (!this.#current && endsWholeList(event.object)) {
        this.#store.replaceAll(into.list());
        this.#current = true;
      }
      if (this.#current) this.#version = event.object.metadata.resourceVersion ?? this.#version;
      yield this.#current;
    }
  }

  /** Tells whether to go on at once. A server that is away, busy or starting is asked for a stream again. */
  #streamFailed(error: unknown, heard: boolean): boolean {
    const status = error instanceof KubeError ? error.status : 0;
    if ([400, 422].includes(status)) {
      this.#copying = "pages";
      return true;
    }
    if (heard || ![0, 401, 403, 404, 429, 503].includes(status)) this.#copying = "pages once";
    throw error;
  }
}

/** The server answers but not from this version: too old (410), or from before it was restored from a backup. */
function needsList(error: unknown): boolean {
  return error instanceof KubeError && error.status >= 400 && ![401, 403, 429, 503].includes(error.status);
}
