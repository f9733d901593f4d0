// Requests for resources: which verb, and how its outcome is shown.
import type { ServerResponse } from "node:http";
import { type Answer, type Call, flag } from "./call.ts";
import { create } from "./create.ts";
import { decodeBody } from "./decode.ts";
import { deleteObject, deleteOptions, remove } from "./deletion.ts";
import { type Engine, find, readRow, timestamp } from "./engine.ts";
import { sendJson } from "./exchange.ts";
import { type ApiObject, clone, isObject, type JsonObject, stringsAt, textAt } from "./json.ts";
import { list } from "./list.ts";
import type { Representation } from "./negotiate.ts";
import { patch } from "./patch.ts";
import { podLog } from "./pod-log.ts";
import { bindPod } from "./pod-strategy.ts";
import { apiVersionOf } from "./resource.ts";
import { badRequest, conflict, methodNotAllowed } from "./status.ts";
import type { Row } from "./store.ts";
import { includeObject, metadataOnly, table } from "./table.ts";
import { replace, updateObject } from "./update.ts";
import { watch } from "./watch.ts";

export interface Exchange {
  method: string;
  as: Representation["as"];
  response: ServerResponse;
  stop: AbortSignal;
}

/** Throws ApiError; SyntaxError never. */
export async function serveResource(engine: Engine, call: Call, exchange: Exchange): Promise<void> {
  const { method, response } = exchange;
  if (call.subresource === "log" && method === "GET") return podLog(engine, call, response);
  if (method === "GET") return read(engine, call, exchange);
  const answer = write(engine, call, method);
  const { object } = answer;
  const shown = isObject(object["metadata"]) && object["kind"] !== "Status";
  const body = shown ? show(engine, call, exchange.as, object as ApiObject) : object;
  sendJson(response, answer.code, body, call.warnings);
}

function write(engine: Engine, call: Call, method: string): Answer {
  const { name, subresource } = call;
  if (subresource === "binding") return method === "POST" ? bind(engine, call) : refuse();
  if (subresource === "finalize") return method === "PUT" ? finalize(engine, call) : refuse();
  if (subresource && subresource !== "status") return refuse();
  switch (method) {
    case "POST":
      return name ? refuse() : create(engine, call);
    case "PUT":
      return name ? replace(engine, call) : refuse();
    case "PATCH":
      return name ? patch(engine, call) : refuse();
    case "DELETE":
      if (subresource) return refuse();
      return name ? remove(engine, call) : deleteCollection(engine, call);
    default:
      return refuse();
  }
}

function refuse(): never {
  throw methodNotAllowed();
}

function read(engine: Engine, call: Call, { as, response, stop }: Exchange): void {
  if (call.subresource && call.subresource !== "status") refuse();
  if (flag(call.query, "watch")) {
    watch(engine, call, as, response, stop);
    return;
  }
  if (call.name) {
    const object = find(engine, call.resource, call.namespace, call.name);
    sendJson(response, 200, show(engine, call, as, object));
    return;
  }
  const { rows, metadata } = list(engine, call);
  sendJson(response, 200, showList(engine, call, as, rows, metadata));
}

function show(engine: Engine, call: Call, as: Representation["as"], object: ApiObject): JsonObject {
  if (as === "object") return object;
  if (as === "metadata") return metadataOnly(object);
  const options = { include: includeObject(call.query), headers: true };
  const metadata = { resourceVersion: object.metadata.resourceVersion ?? "" };
  return table(call.resource, [object], metadata, engine.clock.now(), options);
}

function showList(
  engine: Engine,
  call: Call,
  as: Representation["as"],
  rows: Row[],
  metadata: JsonObject,
): JsonObject | string {
  const { resource } = call;
  if (as === "object") return listText(call, rows, metadata);
  const objects = rows.map((row) => readRow(resource, row));
  if (as === "table") {
    const options = { include: includeObject(call.query), headers: true };
    return table(resource, objects, metadata, engine.clock.now(), options);
  }
  return {
    kind: "PartialObjectMetadataList",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    items: objects.map(metadataOnly),
  };
}

/** Put together from the stored texts, since parsing thousands of objects to print them again takes seconds. */
function listText({ resource }: Call, rows: Row[], metadata: JsonObject): string {
  const { custom, version, storageVersion, strategy } = resource;
  const asStored = !strategy.fromStored && (!custom || version === storageVersion);
  const prefix = `{"kind":${JSON.stringify(resource.kind)},"apiVersion":${JSON.stringify(apiVersionOf(resource))},`;
  const items = rows.map((row) => {
    if (!asStored) return JSON.stringify(readRow(resource, row));
    // Lists of built-in kinds leave out what the list already says.
    return !custom && row.body.startsWith(prefix) ? `{${row.body.slice(prefix.length)}` : row.body;
  });
  const head = JSON.stringify({ kind: resource.listKind, apiVersion: apiVersionOf(resource), metadata });
  return `${head.slice(0, -1)},"items":[${items.join(",")}]}`;
}

function deleteCollection(engine: Engine, call: Call): Answer {
  const options = deleteOptions(call);
  const { rows, metadata } = list(engine, call);
  const items = rows.map((row) => readRow(call.resource, row));
  for (const object of items) {
    // Deleting one may have taken others along.
    const { namespace = "", name } = object.metadata;
    if (engine.store.get({ resource: call.resource.stored, namespace, name })) {
      deleteObject(engine, call.resource, object, options);
    }
  }
  const { kind, apiVersion } = { kind: call.resource.listKind, apiVersion: apiVersionOf(call.resource) };
  return { code: 200, object: { kind, apiVersion, metadata: { ...metadata, continue: "" }, items } };
}

function bind(engine: Engine, call: Call): Answer {
  const node = textAt(decodeBody(call.body, call.contentType, "Binding"), "target", "name");
  if (!node) throw badRequest("target.name: Required value");
  const pod = find(engine, call.resource, call.namespace, call.name);
  const bound = clone(pod);
  const why = bindPod(bound, node, timestamp(engine.clock.now()));
  if (why) throw conflict({ group: "", plural: "pods/binding" }, call.name, why);
  const whole = { ...call, resource: { ...call.resource, subresources: [] } };
  updateObject(engine, whole, pod, bound, undefined, call.query.has("dryRun"));
  return {
    code: 201,
    object: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 },
  };
}

/** How a namespace controller takes its finalizer away. */
function finalize(engine: Engine, call: Call): Answer {
  const old = find(engine, call.resource, "", call.name);
  const asked = {
    ...clone(old),
    spec: {
      finalizers: stringsAt(decodeBody(call.body, call.contentType, "Namespace"), "spec", "finalizers"),
    },
  };
  const strategy = { ...call.resource.strategy, prepareUpdate: undefined };
  const whole = { ...call, resource: { ...call.resource, strategy } };
  return { code: 200, object: updateObject(engine, whole, old, asked, undefined, false) };
}
