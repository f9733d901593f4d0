// JSON patch (RFC 6902).
import { clone, equal, isObject, type Json } from "./json.ts";
import { ApiError, badRequest } from "./status.ts";

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: Json;
}

/** Throws ApiError 400 for what is not a patch, 422 for one that does not fit the object. */
export function applyJsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch)) {
    throw badRequest(
      "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch",
    );
  }
  let document = clone(target);
  for (const entry of patch) {
    const operation = entry as unknown as Operation;
    if (!isObject(entry) || typeof operation.path !== "string") {
      throw badRequest(`error decoding patch: ${JSON.stringify(entry)} is not an operation with a path`);
    }
    document = applyOne(document, operation);
  }
  return document;
}

function applyOne(document: Json, operation: Operation): Json {
  const { op, path, from = "", value = null } = operation;
  switch (op) {
    case "add":
      return put(document, path, clone(value), "add");
    case "replace":
      return put(document, path, clone(value), "replace");
    case "remove":
      return remove(document, path);
    case "move": {
      const moved = clone(read(document, from, "move"));
      return put(remove(document, from), path, moved, "move");
    }
    case "copy":
      return put(document, path, clone(read(document, from, "copy")), "copy");
    case "test":
      if (equal(find(document, path) ?? null, value)) return document;
      throw misfit(`testing value ${path} failed: test failed`);
    default:
      throw misfit(`Unexpected kind: ${op}`);
  }
}

/** The server's answer to a patch that is well formed but does not fit. */
const misfit = (why: string): ApiError =>
  new ApiError(422, "Invalid", `the server rejected our request due to an error in our request: ${why}`, {});

const tokens = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));

function step(container: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(container)) return /^\d+$/.test(token) ? container[Number(token)] : undefined;
  return isObject(container) && Object.hasOwn(container, token) ? container[token] : undefined;
}

const find = (document: Json, pointer: string): Json | undefined =>
  tokens(pointer).reduce<Json | undefined>(step, document);

function read(document: Json, pointer: string, op: string): Json {
  const found = find(document, pointer);
  if (found === undefined) {
    throw misfit(`${op} operation does not apply: doc is missing key: ${pointer}: missing value`);
  }
  return found;
}

function put(document: Json, pointer: string, value: Json, op: string): Json {
  const path = tokens(pointer);
  const last = path.pop();
  if (last === undefined) return value;
  const parent = path.reduce<Json | undefined>(step, document);
  if (Array.isArray(parent)) putItem(parent, last, value, op, pointer);
  else if (isObject(parent)) {
    if (last !== "__proto__") parent[last] = value;
  } else
    throw misfit(
      `${op} operation does not apply: doc is missing path: ${JSON.stringify(pointer)}: missing value`,
    );
  return document;
}

function putItem(list: Json[], token: string, value: Json, op: string, pointer: string): void {
  const index = token === "-" ? list.length : Number(token);
  if (!Number.isInteger(index) || index < 0 || index > list.length) {
    throw misfit(
      `${op} operation does not apply: doc is missing path: ${JSON.stringify(pointer)}: invalid index`,
    );
  }
  list.splice(index, op === "replace" ? 1 : 0, value);
}

function remove(document: Json, pointer: string): Json {
  read(document, pointer, "remove");
  const path = tokens(pointer);
  const last = path.pop();
  if (last === undefined) return null;
  const parent = path.reduce<Json | undefined>(step, document);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) delete parent[last];
  return document;
}
