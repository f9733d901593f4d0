// The client over real HTTP against a server that misbehaves: what the contract suite cannot make a good one do.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../src/kube/client.ts";
import type { Kube, WatchEvent } from "../../src/kube/port.ts";
import { lines } from "../../src/kube/watch.ts";
import { POD, type Pod } from "../../src/model/pod.ts";
import { httpServer } from "../lib/http-server.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
  const urls: string[] = [];
  const sleeps: number[] = [];
  const server = await httpServer((request, response) => {
    urls.push(`${request.method} ${request.url}`);
    handler(request, response, urls.length);
  });
  closers.push(() => void server.close());
  const clock = { sleep: async (ms: number) => void sleeps.push(ms) };
  const { url } = server;
  const kube: Kube = connect({ server: url, authorization: async () => "Bearer secret", clock });
  return { kube, urls, sleeps, url };
}

const json = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
const status = (code: number, reason: string, message = reason) => ({
  kind: "Status",
  code,
  reason,
  message,
});
const page = (names: string[], next?: string) => ({
  metadata: { resourceVersion: "7", continue: next },
  items: names.map((name) => ({ metadata: { name } })),
});

describe("client", () => {
  test("sends its token, asks for JSON, escapes names", async () => {
    const { kube, urls } = await serve((request, response) => {
      expect(request.headers).toMatchObject({ authorization: "Bearer secret", accept: "application/json" });
      json(response, { metadata: { name: "x" } });
    });
    await kube.read.get(POD, "default", "../../secrets");
    expect(urls).toEqual(["GET /api/v1/namespaces/default/pods/..%2F..%2Fsecrets"]);
    await expect(kube.write.delete(POD, "default", "")).rejects.toThrow("without a name");
  });

  test("a page that breaks off costs the page, not the list", async () => {
    const { kube, urls } = await serve((_, response, count) => {
      if (count === 1) json(response, page(["a"], "c1"));
      else if (count < 4) response.writeHead(200).write("{", () => response.destroy());
      else json(response, page(["b"]));
    });
    const { items } = await kube.read.list(POD, { namespace: "default" });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(urls.slice(1).map((url) => url.split("?")[1])).toEqual(Array(3).fill("limit=500&continue=c1"));
  });

  test("what the server has in memory is read in one piece", async () => {
    const { kube, urls } = await serve((_, response) => json(response, page(["a", "b"])));
    const { items, resourceVersion } = await kube.read.list(POD, { namespace: "default", notOlderThan: "5" });
    expect([items.map(({ metadata }) => metadata.name), resourceVersion]).toEqual([["a", "b"], "7"]);
    expect(urls.map((url) => url.split("?")[1])).toEqual([
      "resourceVersion=5&resourceVersionMatch=NotOlderThan",
    ]);
  });

  test.each([
    ["its memory is older", (response: ServerResponse) => json(response, status(504, "Timeout"), 504)],
    ["its answer breaks off", (response: ServerResponse) => response.write("{", () => response.destroy())],
  ])("pages do when %s", async (_, answer) => {
    const { kube, urls } = await serve((_, response, count) => {
      if (count === 1) answer(response);
      else json(response, page(["a"]));
    });
    const { items } = await kube.read.list(POD, { namespace: "default", notOlderThan: "5" });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(urls.at(-1)?.split("?")[1]).toBe("limit=500");
  });

  test("a server that has nothing in memory yet is not asked for pages", async () => {
    const { kube, urls } = await serve((_, response) =>
      json(response, status(429, "TooManyRequests", "storage is (re)initializing"), 429),
    );
    const list = kube.read.list(POD, { namespace: "default", notOlderThan: "0" });
    await expect(list).rejects.toMatchObject({ status: 429 });
    expect(urls.every((url) => url.includes("resourceVersion=0"))).toBe(true);
  });

  test("a list keeps of its objects what the projection leaves", async () => {
    const { kube } = await serve((_, response) => json(response, page(["a"])));
    const project = ({ metadata }: Pod): Pod => ({ metadata, spec: { containers: [] } });
    const { items } = await kube.read.list(POD, { namespace: "default", project });
    expect(items).toEqual([{ metadata: { name: "a" }, spec: { containers: [] } }]);
  });

  test("begins a list again when its pages expire", async () => {
    const { kube, urls } = await serve((_, response, count) => {
      if (count === 1) json(response, page(["a"], "c1"));
      else if (count === 2) json(response, status(410, "Expired"), 410);
      else if (count === 3) json(response, page(["a"], "c2"));
      else json(response, page(["b"]));
    });
    const { items } = await kube.read.list(POD, { namespace: "default" });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(urls.map((url) => url.split("?")[1])).toEqual([
      "limit=500",
      "limit=500&continue=c1",
      "limit=500",
      "limit=500&continue=c2",
    ]);
  });

  test("waits when an overloaded server asks for it", async () => {
    const { kube, sleeps } = await serve((_, response, count) => {
      if (count < 3) response.setHeader("retry-after", "2");
      if (count < 3) json(response, status(429, "TooManyRequests"), 429);
      else json(response, { metadata: { name: "x" } });
    });
    await kube.write.create(POD, { metadata: { name: "x" }, spec: { containers: [] } });
    expect(sleeps).toEqual([2000, 2000]);
  });

  test("reads again when a connection breaks, but never writes twice", async () => {
    const { kube, urls } = await serve((request, response, count) => {
      if (count === 1 || request.method === "POST") request.socket.destroy();
      else json(response, { metadata: { name: "x" } });
    });
    expect(await kube.read.get(POD, "default", "x")).toBeDefined();
    const creating = kube.write.create(POD, {
      metadata: { name: "x", namespace: "n" },
      spec: { containers: [] },
    });
    await expect(creating).rejects.toMatchObject({ name: "KubeError", status: 0 });
    expect(urls.filter((url) => url.startsWith("POST"))).toHaveLength(1);
  });

  test("names the request when nobody answers or the answer is no JSON", async () => {
    const dead = connect({ server: "http://127.0.0.1:1" });
    await expect(dead.read.get(POD, "d", "x")).rejects.toMatchObject({ status: 0, reason: "ECONNREFUSED" });
    const { kube } = await serve((_, response, count) =>
      count === 1
        ? response.writeHead(502).end("<html>Bad Gateway</html>")
        : response.end("<html>hello</html>"),
    );
    await expect(kube.read.get(POD, "d", "x")).rejects.toMatchObject({
      status: 502,
      message: "GET /api/v1/namespaces/d/pods/x: HTTP 502: <html>Bad Gateway</html>",
    });
    await expect(kube.read.get(POD, "d", "x")).rejects.toThrow("the answer is not JSON");
  });

  test("a 404 that is not about the object is an error", async () => {
    const { kube } = await serve((_, response) => response.writeHead(404).end("404 page not found"));
    await expect(kube.read.get(POD, "d", "x")).rejects.toMatchObject({ status: 404 });
  });

  test("a watch asks for bookmarks, and an ERROR line becomes an error", async () => {
    const { kube, urls } = await serve((_, response) => {
      response.write('{"type":"ADDED","object":{"metadata":{"name":"a"}}}\n{"type":"MOD');
      setTimeout(() => {
        response.write('IFIED","object":{"metadata":{"name":"ä"}}}\n');
        response.end(`${JSON.stringify({ type: "ERROR", object: status(410, "Expired", "too old") })}\n`);
      }, 10);
    });
    const seen: WatchEvent<Pod>[] = [];
    const signal = new AbortController().signal;
    const watching = (async () => {
      for await (const event of kube.read.watch(POD, { resourceVersion: "3", signal })) seen.push(event);
    })();
    await expect(watching).rejects.toMatchObject({ status: 410, reason: "Expired", message: "too old" });
    expect(seen.map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ["ADDED", "a"],
      ["MODIFIED", "ä"],
    ]);
    expect(urls[0]).toContain("watch=true&allowWatchBookmarks=true&resourceVersion=3");
  });

  test("streams a log as it comes", async () => {
    const { kube, urls } = await serve((_, response) => {
      response.write("one\n");
      setTimeout(() => response.end("two\n"), 10);
    });
    const log = await kube.read.podLog("d", "x", { container: "test", follow: true, tailLines: 5 });
    expect(await new Response(log).text()).toBe("one\ntwo\n");
    expect(urls).toEqual(["GET /api/v1/namespaces/d/pods/x/log?container=test&follow=true&tailLines=5"]);
  });

  test("splits lines wherever the chunks are cut", async () => {
    const text = Buffer.from("ein\nzweiß\n\ndrei");
    for (let size = 1; size <= text.length; size++) {
      async function* chunks() {
        for (let start = 0; start < text.length; start += size) yield text.subarray(start, start + size);
      }
      const split: string[] = [];
      for await (const line of lines(chunks())) split.push(line);
      expect(split).toEqual(["ein", "zweiß", "drei"]);
    }
  });
});
