// The embedded API server's own ways: state that outlives it, compaction, what controllers would do, bodies in protobuf.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Clock } from "../../../src/lib/clock.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import { type KubeServer, type KubeServerOptions, startKubeServer } from "../../../src/local/kube/server.ts";
import { type Body, call, watch } from "../../contracts/kube-http.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const MERGE = "application/merge-patch+json";
const open: KubeServer[] = [];

async function start(options: Partial<KubeServerOptions> = {}): Promise<KubeServer> {
  const server = await startKubeServer({
    ...{ port: 0, file: ":memory:", clock: systemClock, log: silent },
    ...options,
  });
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const create = (server: KubeServer, path: string, body: Body) => call(server, "POST", path, { body });
const status = async (server: KubeServer, path: string) => (await call(server, "GET", path)).status;

describe("state", () => {
  test("a restart keeps objects, versions and kinds, and watches go on where they stopped", async () => {
    const directory = mkdtempSync(join(tmpdir(), "kube-"));
    const file = join(directory, "kube.db");
    const first = await start({ file });
    const { body } = await create(first, MAPS, { metadata: { name: "a" } });
    await create(first, MAPS, { metadata: { name: "b" } });
    await create(first, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition());
    await first.close();
    const second = await start({ file });
    expect((await call(second, "GET", `${MAPS}/a`)).body).toEqual(body);
    expect(await status(second, "/apis/example.com/v1/things")).toBe(200);
    const stream = await watch(second, `${MAPS}?watch=1&resourceVersion=${body.metadata.resourceVersion}`);
    expect((await stream.next()).object.metadata.name).toBe("b");
    const { metadata } = (await create(second, MAPS, { metadata: { name: "c" } })).body;
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(Number(body.metadata.resourceVersion) + 1);
    stream.close();
    await second.close();
    rmSync(directory, { recursive: true });
  });

  test("what is too old for a watch or a page is 410 Expired", async () => {
    const { clock, pass } = steppedClock();
    const server = await start({ clock, keepRevisions: 3 });
    const old = (await create(server, MAPS, { metadata: { name: "a" } })).body.metadata.resourceVersion;
    await create(server, MAPS, { metadata: { name: "b" } });
    const page = (await call(server, "GET", `${MAPS}?limit=1`)).body.metadata.continue;
    for (const name of ["c", "d", "e", "f", "g"]) await create(server, MAPS, { metadata: { name } });
    await pass(60_000);
    const stream = await watch(server, `${MAPS}?watch=1&resourceVersion=${old}`);
    expect(await stream.next()).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    const expired = await call(server, "GET", `${MAPS}?limit=9&continue=${page}`);
    expect(expired.body).toMatchObject({ code: 410, reason: "Expired" });
    // The token in the answer goes on with what is there now.
    const { continue: token } = expired.body.metadata;
    const rest = await call(server, "GET", `${MAPS}?limit=9&continue=${token}`);
    expect(rest.body.items.map((item: Body) => item.metadata.name)).toEqual(["b", "c", "d", "e", "f", "g"]);
    expect((await call(server, "GET", MAPS)).body.items).toHaveLength(7);
  });

  test("a port that is taken is node's error", async () => {
    const { url } = await start();
    await expect(start({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("events go after an hour", async () => {
    const { clock, pass } = steppedClock();
    const server = await start({ clock });
    const events = "/api/v1/namespaces/default/events";
    const involvedObject = { kind: "Pod", name: "p", namespace: "default" };
    await create(server, events, { metadata: { name: "e" }, involvedObject });
    await pass(30 * 60_000);
    expect(await status(server, `${events}/e`)).toBe(200);
    await pass(31 * 60_000);
    expect(await status(server, `${events}/e`)).toBe(404);
  });
});

describe("watches", () => {
  test("get bookmarks while nothing happens and at the end", async () => {
    const { clock, pass } = steppedClock();
    const server = await start({ clock });
    const stream = await watch(server, `${MAPS}?watch=1&allowWatchBookmarks=true&timeoutSeconds=90`);
    await pass(61_000);
    expect((await stream.next()).type).toBe("BOOKMARK");
    await pass(30_000);
    expect((await stream.next()).type).toBe("BOOKMARK");
    await expect(stream.next()).rejects.toThrow("ended");
  });

  test("may begin with the list, whose end is marked", async () => {
    const server = await start();
    await create(server, MAPS, { metadata: { name: "a" } });
    const query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    const stream = await watch(server, `${MAPS}?${query}`);
    expect((await stream.next()).type).toBe("ADDED");
    expect(await stream.next()).toMatchObject({
      type: "BOOKMARK",
      object: { metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
    });
    stream.close();
    expect(await status(server, `${MAPS}?watch=1&sendInitialEvents=true`)).toBe(422);
  });

  test("end when the server closes", async () => {
    const server = await start();
    const stream = await watch(server, `${MAPS}?watch=1`);
    await server.close();
    await expect(stream.next()).rejects.toThrow();
  });

  test("may come as rows of a table, with the columns once", async () => {
    const server = await start();
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const stream = await watch(server, `${MAPS}?watch=1`, { accept });
    await create(server, MAPS, { metadata: { name: "a" }, data: { x: "1" } });
    await create(server, MAPS, { metadata: { name: "b" } });
    const [one, two] = [await stream.next(), await stream.next()];
    expect(one.object.rows[0].cells).toEqual(["a", "1", expect.any(String)]);
    expect(one.object.columnDefinitions).toHaveLength(3);
    expect(two.object.columnDefinitions).toEqual([]);
    stream.close();
  });
});

describe("what a cluster's controllers do", () => {
  test("a namespace that is deleted takes its contents along", async () => {
    const server = await start();
    await create(server, "/api/v1/namespaces", { metadata: { name: "n" } });
    const maps = "/api/v1/namespaces/n/configmaps";
    await create(server, maps, { metadata: { name: "a" } });
    await create(server, maps, { metadata: { name: "held", finalizers: ["example.com/x"] } });
    expect((await call(server, "DELETE", "/api/v1/namespaces/n")).body.status.phase).toBe("Terminating");
    expect(await status(server, `${maps}/a`)).toBe(404);
    expect((await create(server, maps, { metadata: { name: "b" } })).body).toMatchObject({
      code: 403,
      message:
        'configmaps "b" is forbidden: unable to create new content in namespace n because it is being terminated',
    });
    await call(server, "PATCH", `${maps}/held`, { body: { metadata: { finalizers: null } }, type: MERGE });
    expect(await status(server, "/api/v1/namespaces/n")).toBe(404);
  });

  const owned = (name: string, owner: Body) => ({
    metadata: {
      name,
      ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: owner.metadata.uid }],
    },
  });

  test.each(["Background", "Foreground"])("dependents go with their owner: %s", async (policy) => {
    const server = await start();
    const owner = (await create(server, MAPS, { metadata: { name: "owner" } })).body;
    await create(server, MAPS, owned("child", owner));
    await call(server, "DELETE", `${MAPS}/owner?propagationPolicy=${policy}`);
    expect([await status(server, `${MAPS}/owner`), await status(server, `${MAPS}/child`)]).toEqual([
      404, 404,
    ]);
  });

  test("a foreground deletion waits for dependents that are held", async () => {
    const server = await start();
    const owner = (await create(server, MAPS, { metadata: { name: "owner" } })).body;
    const child = owned("child", owner);
    await create(server, MAPS, { metadata: { ...child.metadata, finalizers: ["example.com/x"] } });
    await call(server, "DELETE", `${MAPS}/owner`, { body: { propagationPolicy: "Foreground" } });
    expect(await status(server, `${MAPS}/owner`)).toBe(200);
    await call(server, "PATCH", `${MAPS}/child`, { body: { metadata: { finalizers: null } }, type: MERGE });
    expect(await status(server, `${MAPS}/owner`)).toBe(404);
  });

  test("orphans live on without their owner", async () => {
    const server = await start();
    const owner = (await create(server, MAPS, { metadata: { name: "owner" } })).body;
    await create(server, MAPS, owned("child", owner));
    await call(server, "DELETE", `${MAPS}/owner?propagationPolicy=Orphan`);
    expect(await status(server, `${MAPS}/owner`)).toBe(404);
    expect((await call(server, "GET", `${MAPS}/child`)).body.metadata.ownerReferences).toBeUndefined();
  });

  test("a definition that is deleted takes its resources and its kind along", async () => {
    const server = await start();
    const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await create(server, crds, definition());
    const things = "/apis/example.com/v1/namespaces/default/things";
    const thing = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, spec: { size: 2 } };
    expect((await create(server, things, thing)).body.spec).toEqual({ size: 2, color: "red" });
    await call(server, "DELETE", `${crds}/things.example.com`);
    expect(await status(server, things)).toBe(404);
    await create(server, crds, definition());
    expect((await call(server, "GET", things)).body.items).toEqual([]);
  });

  test("a status subresource of a custom resource is written apart and does not count as a generation", async () => {
    const server = await start();
    await create(server, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition());
    const things = "/apis/example.com/v1/namespaces/default/things";
    const thing = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" }, spec: { size: 2 } };
    const made = await create(server, things, { ...thing, status: { phase: "x" } });
    expect(made.body.status).toBeUndefined();
    const body = { status: { phase: "y" }, spec: { size: 9 } };
    const written = await call(server, "PATCH", `${things}/t/status`, { body, type: MERGE });
    expect(written.body).toMatchObject({
      status: { phase: "y" },
      spec: { size: 2 },
      metadata: { generation: 1 },
    });
  });
});

describe("bodies", () => {
  test("in protobuf, as Go clients send built-in kinds", async () => {
    const server = await start();
    const type = "application/vnd.kubernetes.protobuf";
    // What `kubectl create configmap cm --from-literal=a=b` sends.
    const body = envelope("v1", "ConfigMap", [
      field(1, [...field(1, text("cm")), ...field(3, text("")), ...field(8, [])]),
      ...field(2, [...field(1, text("a")), ...field(2, text("b"))]),
    ]);
    const { body: made } = await call(server, "POST", MAPS, { body, type });
    expect(made).toMatchObject({ kind: "ConfigMap", metadata: { name: "cm" }, data: { a: "b" } });
    const cut = await call(server, "POST", MAPS, { body: body.subarray(0, body.length - 1), type });
    expect(cut.status).toBe(400);
    expect((await call(server, "POST", MAPS, { body: "{}", type })).status).toBe(400);
  });

  test("in YAML", async () => {
    const server = await start();
    const body = "metadata:\n  name: a\ndata:\n  k: |\n    two\n    lines\n";
    const { body: made } = await call(server, "POST", MAPS, { body, type: "application/yaml" });
    expect(made.data).toEqual({ k: "two\nlines\n" });
  });

  test("too large are refused", async () => {
    const server = await start();
    const body = JSON.stringify({ metadata: { name: "a" }, data: { x: "y".repeat(4 * 1024 * 1024) } });
    expect(await call(server, "POST", MAPS, { body }).then((answer) => answer.status)).toBe(413);
  });

  test("can not touch prototypes", async () => {
    const server = await start();
    const body = '{"metadata":{"name":"a","labels":{"__proto__":"x","constructor":"y"}}}';
    const { body: made } = await call(server, "POST", MAPS, { body });
    expect(made.metadata.labels).toEqual({ constructor: "y" });
  });
});

function definition(): Body {
  const spec = {
    type: "object",
    properties: { size: { type: "integer" }, color: { type: "string", default: "red" } },
  };
  const schema = {
    openAPIV3Schema: {
      type: "object",
      properties: { spec, status: { type: "object", properties: { phase: { type: "string" } } } },
    },
  };
  return {
    metadata: { name: "things.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "things", kind: "Thing" },
      versions: [{ name: "v1", served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

const text = (value: string): number[] => [...Buffer.from(value)];
const field = (number: number, bytes: number[]): number[] => [(number << 3) | 2, bytes.length, ...bytes];
const envelope = (apiVersion: string, kind: string, parts: (number | number[])[]): Buffer =>
  Buffer.from([
    ...text("k8s\0"),
    ...field(1, [...field(1, text(apiVersion)), ...field(2, text(kind))]),
    ...field(2, parts.flat()),
  ]);

/** A clock that stands still until told to pass. */
function steppedClock(): { clock: Clock; pass(ms: number): Promise<void> } {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  async function pass(ms: number): Promise<void> {
    now += ms;
    for (const sleeper of [...sleepers]) {
      if (sleeper.until > now) continue;
      sleepers.delete(sleeper);
      sleeper.wake();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { clock, pass };
}

test("with a token set, only who carries it gets in; health is anybody's", async () => {
  const server = await startKubeServer({
    port: 0,
    file: ":memory:",
    clock: systemClock,
    log: silent,
    token: "s3cret",
  });
  try {
    const ask = (path: string, authorization?: string) =>
      fetch(server.url + path, { headers: authorization ? { authorization } : {} });
    expect((await ask("/api/v1/pods")).status).toBe(401);
    expect((await ask("/api/v1/pods", "Bearer wrong")).status).toBe(401);
    expect(await (await ask("/api/v1/pods")).json()).toMatchObject({
      kind: "Status",
      reason: "Unauthorized",
    });
    expect((await ask("/api/v1/pods", "Bearer s3cret")).status).toBe(200);
    // Over plain HTTP client-go drops the token, but keeps the path.
    expect(await (await ask("/s3cret/api/v1/pods?limit=1")).json()).toMatchObject({ kind: "PodList" });
    expect((await ask("/s3cret?limit=1")).status).toBe(200);
    expect((await ask("/wrong/api/v1/pods")).status).toBe(401);
    expect((await ask("/healthz")).status).toBe(200);
  } finally {
    await server.close();
  }
});

describe("the OpenAPI description", () => {
  const DEFINITIONS = "#/definitions/";

  test("refers to nothing that is not in it", async () => {
    const server = await start();
    const { body } = await call(server, "GET", "/openapi/v2");
    const wanted = new Set([...JSON.stringify(body).matchAll(/"\$ref":"([^"]+)"/g)].map(([, name]) => name));
    const missing = [...wanted].filter((name) => !body.definitions[(name ?? "").slice(DEFINITIONS.length)]);
    expect(missing).toEqual([]);
  });

  test("comes in protobuf, which is all that client-go's OpenAPISchema() takes", async () => {
    const server = await start();
    const asked = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    const answer = await fetch(`${server.url}/openapi/v2`, { headers: { accept: asked } });
    expect(answer.headers.get("content-type")).toBe(asked.replace("@", "."));
    const body = Buffer.from(await answer.arrayBuffer());
    // Document: swagger (1) and info (2) with title (1) and version (2).
    expect([...body.subarray(0, 5)]).toEqual(field(1, text("2.0")));
    const info = [...field(1, text("Kubernetes")), ...field(2, text("v1.34.0"))];
    expect([...body.subarray(5, 5 + info.length + 2)]).toEqual(field(2, info));
    const reference = field(1, text("#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"));
    expect(body.includes(Buffer.from(reference))).toBe(true);
  });
});
