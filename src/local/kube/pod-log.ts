// GET …/pods/x/log: asked of the kubelet of the pod's node and passed on as it comes.
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Call } from "./call.ts";
import { type Engine, find, lookUp } from "./engine.ts";
import { type ApiObject, at, isObject, type JsonObject, objectsAt, textAt } from "./json.ts";
import { containersOf } from "./pod-strategy.ts";
import { ApiError, badRequest, notFound } from "./status.ts";

const PASSED_ON = [
  "follow",
  "previous",
  "sinceSeconds",
  "sinceTime",
  "timestamps",
  "tailLines",
  "limitBytes",
];

/** Resolves when the answer is under way. Throws ApiError 400, 404, 500. */
export async function podLog(engine: Engine, call: Call, response: ServerResponse): Promise<void> {
  const pod = find(engine, call.resource, call.namespace, call.name);
  const container = containerOf(pod, call.query.get("container") ?? "");
  const nodeName = textAt(pod, "spec", "nodeName");
  if (!nodeName) {
    // Kubernetes has nothing to say of a pod that is on no node.
    response.writeHead(204).end();
    return;
  }
  checkStarted(pod, container, call.query.get("previous") === "true");
  const node = nodeOf(engine, nodeName);
  const query = new URLSearchParams();
  for (const name of PASSED_ON) {
    const value = call.query.get(name);
    if (value !== null) query.set(name, value);
  }
  const path = [call.namespace, call.name, container].map(encodeURIComponent).join("/");
  const { kubeletToken } = engine;
  const headers = kubeletToken === undefined ? {} : { authorization: `Bearer ${kubeletToken}` };
  const upstream = request({
    ...addressOf(node),
    ...{ path: `/containerLogs/${path}?${query}`, headers, agent: false },
  });
  response.once("close", () => upstream.destroy());
  await pass(upstream, response, nodeName);
}

function containerOf(pod: ApiObject, asked: string): string {
  const { name } = pod.metadata;
  const containers = objectsAt(pod, "spec", "containers").map((container) => textAt(container, "name"));
  const inits = objectsAt(pod, "spec", "initContainers").map((container) => textAt(container, "name"));
  if (asked) {
    if (containersOf(pod).some((container) => container["name"] === asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only] = containers;
  if (only !== undefined && containers.length === 1 && inits.length === 0) return only;
  if (only === undefined) throw badRequest(`a container name must be specified for pod ${name}`);
  const choices = `choose one of: [${containers.join(" ")}]`;
  const others = inits.length > 0 ? ` or one of the init containers: [${inits.join(" ")}]` : "";
  throw badRequest(`a container name must be specified for pod ${name}, ${choices}${others}`);
}

/** A container that waits has no log yet. */
function checkStarted(pod: ApiObject, container: string, previous: boolean): void {
  const statuses = [
    ...objectsAt(pod, "status", "initContainerStatuses"),
    ...objectsAt(pod, "status", "containerStatuses"),
  ];
  const status: JsonObject | undefined = statuses.find((each) => each["name"] === container);
  const { name } = pod.metadata;
  if (previous) {
    if (isObject(at(status, "lastState", "terminated"))) return;
    throw badRequest(
      `previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} not found`,
    );
  }
  const ran =
    at(status, "state", "running") ??
    at(status, "state", "terminated") ??
    at(status, "lastState", "terminated");
  if (isObject(ran)) return;
  const reason = textAt(status, "state", "waiting", "reason");
  const why = reason ? `waiting to start: ${reason}` : "waiting to start: ContainerCreating";
  throw badRequest(`container ${JSON.stringify(container)} in pod ${JSON.stringify(name)} is ${why}`);
}

function nodeOf(engine: Engine, name: string): ApiObject {
  const nodes = engine.registry.find("", "v1", "nodes");
  const node = nodes && lookUp(engine, nodes, "", name);
  if (!node) throw notFound({ group: "", plural: "nodes" }, name);
  return node;
}

function addressOf(node: ApiObject): { host: string; port: number } {
  const port = at(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port");
  const addresses = objectsAt(node, "status", "addresses");
  const internal = addresses.find(({ type }) => type === "InternalIP") ?? addresses[0];
  if (typeof port !== "number" || port === 0) {
    throw new ApiError(
      500,
      "InternalError",
      `Internal error occurred: node ${node.metadata.name} tells no kubelet port`,
    );
  }
  return { host: textAt(internal, "address") || "127.0.0.1", port };
}

function pass(upstream: ClientRequest, response: ServerResponse, node: string): Promise<void> {
  return new Promise((resolve, reject) => {
    upstream.once("error", (error) => {
      if (response.headersSent) response.destroy();
      const why = `Get "http://${node}/containerLogs": ${error.message}`;
      reject(new ApiError(500, "InternalError", `Internal error occurred: ${why}`));
    });
    upstream.once("response", (answer) => {
      if (answer.statusCode === 200) {
        response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-cache, private" });
        response.flushHeaders();
        answer.pipe(response);
        answer.once("error", () => response.destroy());
        resolve();
      } else refused(answer).then(reject, reject);
    });
    upstream.end();
  });
}

/** What the kubelet says is passed on in a Status. */
async function refused(answer: IncomingMessage): Promise<ApiError> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString().trim();
  const code = answer.statusCode ?? 500;
  const reasons: Record<number, string> = { 400: "BadRequest", 404: "NotFound" };
  return new ApiError(code, reasons[code] ?? "InternalError", text || `the kubelet answered ${code}`);
}
