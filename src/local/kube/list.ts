// GET of a collection: whole, selected, or page by page from one consistent version.
import type { Call } from "./call.ts";
import { optionsKind } from "./call.ts";
import type { Engine } from "./engine.ts";
import type { JsonObject } from "./json.ts";
import {
  EVERYTHING,
  parseFieldSelector,
  parseLabelSelector,
  type Selector,
  selects,
  selectsEverything,
} from "./selectors.ts";
import { ApiError, badRequest, forbiddenValue, gone, invalid } from "./status.ts";
import type { Row } from "./store.ts";

export interface Page {
  rows: Row[];
  metadata: JsonObject;
}

interface Cursor {
  v: "meta.k8s.io/v1";
  rv: number;
  namespace: string;
  name: string;
}

const LIST = optionsKind("ListOptions");

/** Rows fetched at once when a selector leaves some out. */
const CHUNK = 500;

/** Throws ApiError 400. */
export function selectorOf({ resource, query, name }: Call): Selector {
  const fields = Object.keys(resource.strategy.fields ?? {});
  const known = ["metadata.name", "metadata.namespace", ...fields];
  // events.k8s.io has other names for the fields that both faces of an event share.
  const text = (query.get("fieldSelector") ?? "").replace(
    /\bregarding\./g,
    resource.strategy.fromStored ? "involvedObject." : "regarding.",
  );
  const selector = {
    labels: parseLabelSelector(query.get("labelSelector") ?? ""),
    fields: parseFieldSelector(text, known),
  };
  if (name) selector.fields.push({ key: "metadata.name", operator: "in", values: [name] });
  return selectsEverything(selector) ? EVERYTHING : selector;
}

/** A version in a query; undefined for none. Throws ApiError 400. */
export function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get("resourceVersion") ?? "";
  if (text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

/** Throws ApiError 400, 410, 422. */
export function list(engine: Engine, call: Call): Page {
  const { resource, query } = call;
  const namespace = resource.namespaced ? call.namespace : "";
  const selector = selectorOf(call);
  const cursor = cursorOf(engine, query);
  const at = cursor?.rv || versionToRead(engine, query);
  const limit = Number(query.get("limit") ?? 0) || undefined;
  const { rows, more } = read(engine, resource.stored, namespace, selector, { at, cursor, limit });
  const last = rows.at(-1);
  const token = more && last ? encode({ rv: at, namespace: last.namespace, name: last.name }) : "";
  const metadata: JsonObject = { resourceVersion: String(at) };
  if (token) {
    metadata["continue"] = token;
    if (selectsEverything(selector))
      metadata["remainingItemCount"] = remaining(engine, call, namespace, at, last);
  }
  return { rows, metadata };
}

interface Range {
  at: number;
  cursor: Cursor | undefined;
  limit: number | undefined;
}

/** One row more than asked for tells whether there is another page. */
function read(
  engine: Engine,
  stored: string,
  namespace: string,
  selector: Selector,
  { at, cursor, limit }: Range,
): { rows: Row[]; more: boolean } {
  const all = selectsEverything(selector);
  const rows: Row[] = [];
  let after = cursor && { namespace: cursor.namespace, name: cursor.name };
  const chunk = limit === undefined ? undefined : all ? limit + 1 : CHUNK;
  while (true) {
    const read = [...engine.store.list(stored, namespace, { at, after, limit: chunk })];
    for (const row of read) {
      if (!all && !selects(selector, row)) continue;
      if (limit !== undefined && rows.length === limit) return { rows, more: true };
      rows.push(row);
    }
    if (chunk === undefined || read.length < chunk) return { rows, more: false };
    after = read.at(-1);
  }
}

function remaining(engine: Engine, call: Call, namespace: string, at: number, last: Row | undefined): number {
  return [...engine.store.list(call.resource.stored, namespace, { at, after: last })].length;
}

/** Which version a list reads. Throws ApiError. */
function versionToRead(engine: Engine, query: URLSearchParams): number {
  const current = engine.store.revision();
  const match = query.get("resourceVersionMatch");
  const asked = versionOf(query);
  if (match && asked === undefined) {
    const why = "resourceVersionMatch is forbidden unless resourceVersion is provided";
    throw invalid(LIST, "", [forbiddenValue("resourceVersionMatch", why)]);
  }
  if (asked !== undefined && asked > current) throw tooLarge(asked, current);
  if (match === "Exact" && asked !== undefined) {
    if (asked < engine.store.compacted()) throw tooOld(asked, engine.store.compacted());
    return asked;
  }
  return current;
}

export const tooOld = (asked: number, oldest: number): ApiError =>
  gone(`too old resource version: ${asked} (${oldest})`);

const tooLarge = (asked: number, current: number): ApiError =>
  new ApiError(504, "Timeout", `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });

const encode = (cursor: Omit<Cursor, "v">): string =>
  Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", ...cursor })).toString("base64url");

const EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

function cursorOf(engine: Engine, query: URLSearchParams): Cursor | undefined {
  const token = query.get("continue");
  if (!token) return undefined;
  let cursor: Cursor;
  try {
    cursor = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch (error) {
    throw badRequest(`invalid continue token: continue key is not valid: ${(error as Error).message}`);
  }
  if (cursor.v !== "meta.k8s.io/v1" || typeof cursor.name !== "string") {
    throw badRequest("invalid continue token: continue key is not valid: incorrect encoded start key");
  }
  // A version of 0 goes on from the key with whatever is there now.
  if (cursor.rv !== 0 && cursor.rv < engine.store.compacted()) {
    throw gone(EXPIRED, { continue: encode({ ...cursor, rv: 0 }) });
  }
  return cursor;
}
