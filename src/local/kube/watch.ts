// GET …?watch=1: a stream of what changes, one JSON document a line.
import type { ServerResponse } from "node:http";
import { type Call, flag, optionsKind } from "./call.ts";
import { type Engine, readRow, serve } from "./engine.ts";
import type { ApiObject, JsonObject } from "./json.ts";
import { selectorOf, tooOld, versionOf } from "./list.ts";
import type { Representation } from "./negotiate.ts";
import { apiVersionOf } from "./resource.ts";
import { type Selector, selects } from "./selectors.ts";
import { type ApiError, forbiddenValue, invalid } from "./status.ts";
import type { Change, Row } from "./store.ts";
import { includeObject, metadataOnly, table } from "./table.ts";

type EventType = "ADDED" | "MODIFIED" | "DELETED";

const BOOKMARK_MS = 60_000;
/** A watch without a timeout ends after half an hour to an hour, as Kubernetes has it. */
const SHORTEST_SECONDS = 1800;
/** A client that reads so slowly is sent away; it will list again. */
const MOST_BUFFERED_BYTES = 32 * 1024 * 1024;

/** Answers until the client goes, the time is over or `stop` aborts. Throws ApiError before the stream begins. */
export function watch(
  engine: Engine,
  call: Call,
  as: Representation["as"],
  response: ServerResponse,
  stop: AbortSignal,
): void {
  const selector = selectorOf(call);
  const from = versionOf(call.query);
  const initial = initialEvents(call);
  const stream = new WatchStream(engine, call, as, selector, response);
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  response.flushHeaders();
  const current = engine.store.revision();
  if (initial || from === undefined || from === 0) {
    if (initial !== false) stream.sendCurrent();
    if (initial) stream.bookmark({ "k8s.io/initial-events-end": "true" });
  } else if (from < engine.store.compacted()) {
    stream.fail(tooOld(from, engine.store.compacted()));
    return;
  } else {
    const { stored, namespaced } = call.resource;
    for (const change of engine.store.changesAfter(from, stored, namespaced ? call.namespace : "")) {
      stream.send(change);
    }
  }
  stream.follow(Math.max(current, from ?? 0), stop);
}

/** Whether the stream begins with what is there; undefined when the client leaves it to the version. */
function initialEvents({ query }: Call): boolean | undefined {
  const told = query.get("sendInitialEvents");
  const match = query.get("resourceVersionMatch");
  if (told === null) {
    if (match === null) return undefined;
    const why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
    throw invalid(optionsKind("ListOptions"), "", [forbiddenValue("resourceVersionMatch", why)]);
  }
  if (match !== "NotOlderThan") {
    const why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    throw invalid(optionsKind("ListOptions"), "", [forbiddenValue("resourceVersionMatch", why)]);
  }
  return told === "true" || told === "1";
}

class WatchStream {
  readonly #engine: Engine;
  readonly #call: Call;
  readonly #as: Representation["as"];
  readonly #selector: Selector;
  readonly #response: ServerResponse;
  #headers = true;

  constructor(
    engine: Engine,
    call: Call,
    as: Representation["as"],
    selector: Selector,
    response: ServerResponse,
  ) {
    this.#engine = engine;
    this.#call = call;
    this.#as = as;
    this.#selector = selector;
    this.#response = response;
  }

  sendCurrent(): void {
    const { resource, namespace } = this.#call;
    for (const row of this.#engine.store.list(resource.stored, resource.namespaced ? namespace : "")) {
      if (selects(this.#selector, row)) this.#write("ADDED", row);
    }
  }

  send(change: Change): void {
    const { namespace, resource } = this.#call;
    if (resource.namespaced && namespace && change.namespace !== namespace) return;
    const type = eventType(change, this.#selector);
    if (type) this.#write(type, change);
  }

  follow(_from: number, stop: AbortSignal): void {
    const { stored } = this.#call.resource;
    const ended = new AbortController();
    const unsubscribe = this.#engine.hub.subscribe(stored, (change) => this.send(change));
    const end = () => {
      unsubscribe();
      ended.abort();
      stop.removeEventListener("abort", finish);
    };
    const finish = () => {
      end();
      this.#response.end();
    };
    this.#response.once("close", end);
    stop.addEventListener("abort", finish, { once: true });
    void this.#timeOut(ended.signal, finish);
    if (flag(this.#call.query, "allowWatchBookmarks")) void this.#bookmarks(ended.signal);
  }

  async #timeOut(ended: AbortSignal, finish: () => void): Promise<void> {
    const asked = Number(this.#call.query.get("timeoutSeconds") ?? 0);
    const seconds = asked > 0 ? asked : SHORTEST_SECONDS * (1 + this.#engine.random());
    await this.#engine.clock.sleep(seconds * 1000, ended);
    if (ended.aborted) return;
    if (flag(this.#call.query, "allowWatchBookmarks")) this.bookmark({});
    finish();
  }

  async #bookmarks(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      await this.#engine.clock.sleep(BOOKMARK_MS, ended);
      if (!ended.aborted) this.bookmark({});
    }
  }

  /** Tells how far the client has seen everything. */
  bookmark(annotations: Record<string, string>): void {
    const { resource } = this.#call;
    const marked = Object.keys(annotations).length > 0;
    const metadata: JsonObject = {
      resourceVersion: String(this.#engine.store.revision()),
      ...(marked && { annotations }),
    };
    const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } as ApiObject;
    this.#line("BOOKMARK", JSON.stringify(this.#shown(object)));
  }

  fail(error: ApiError): void {
    this.#line("ERROR", JSON.stringify(error.toStatus()));
    this.#response.end();
  }

  #write(type: EventType, row: Row): void {
    const { resource } = this.#call;
    const plain = this.#as === "object" && !resource.strategy.fromStored;
    const sameVersion = !resource.custom || resource.version === resource.storageVersion;
    if (plain && sameVersion) this.#line(type, row.body);
    else this.#line(type, JSON.stringify(this.#shown(readRow(resource, row))));
  }

  #shown(object: ApiObject): JsonObject {
    const { resource, query } = this.#call;
    const served = object.kind === resource.kind ? object : serve(resource, object);
    if (this.#as === "metadata") return metadataOnly(served);
    if (this.#as !== "table") return served;
    const options = { include: includeObject(query), headers: this.#headers };
    this.#headers = false;
    const metadata = { resourceVersion: served.metadata.resourceVersion ?? "" };
    return table(resource, [served], metadata, this.#engine.clock.now(), options);
  }

  #line(type: string, object: string): void {
    this.#response.write(`{"type":"${type}","object":${object}}\n`);
    if (this.#response.writableLength > MOST_BUFFERED_BYTES) this.#response.destroy();
  }
}

/** An object that comes to be selected was added for this watch, one that no longer is was deleted. */
function eventType(change: Change, selector: Selector): EventType | undefined {
  const before = change.previous !== undefined && selects(selector, change.previous);
  if (change.deleted) return before ? "DELETED" : undefined;
  const now = selects(selector, change);
  if (now) return before ? "MODIFIED" : "ADDED";
  return before ? "DELETED" : undefined;
}
