// Clients of ghproxy that are no friends: what they ask for and what they say of themselves takes nothing from the others.
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { proxyMetrics } from "../../src/ghproxy/metrics.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { proxyWorld, type World } from "./world.ts";

let world: World | undefined;
afterEach(() => world?.close());

const MB = 1_000_000;

describe("a large answer", () => {
  const size = 30 * MB;
  const large = async () => {
    world = await proxyWorld((_, response) =>
      response.writeHead(200, { etag: '"1"' }).end(Buffer.alloc(size, "a")),
    );
    return world;
  };

  it("is passed on whole, and not kept", async () => {
    const { ask, reached } = await large();
    for (let times = 1; times <= 2; times++) {
      const response = await ask("/repos/acme/tool/git/blobs/1");
      expect(response.headers.get("x-cache-mode")).toBe("MISS");
      expect((await response.arrayBuffer()).byteLength).toBe(size);
    }
    expect(reached.every((line) => !line.includes("unless"))).toBe(true);
  });

  it("is had whole by each of those who ask at the same time", async () => {
    const { ask } = await large();
    const sizes = [1, 2, 3].map(async () => (await (await ask("/blob")).arrayBuffer()).byteLength);
    expect(await Promise.all(sizes)).toEqual([size, size, size]);
  });

  it("is not read further than somebody takes it", async () => {
    let sent = 0;
    world = await proxyWorld((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(MB))) sent += MB;
      };
      response.on("drain", more);
      more();
    });
    const response = await world.ask("/endless");
    await systemClock.sleep(300);
    expect(sent).toBeLessThan(40 * MB);
    await response.body?.cancel();
  });
});

it("a request that is too large is refused, and GitHub is not bothered with it", async () => {
  world = await proxyWorld((_, response) => response.end("{}"));
  const post = (bytes: number) => world!.ask("/graphql", { method: "POST", body: new Uint8Array(bytes) });
  expect((await post(26 * 1024 * 1024 + 1)).status).toBe(413);
  expect(world.reached).toEqual([]);
  expect((await post(1 * MB)).status).toBe(200);
});

it("large requests that do not end leave room for small ones, and for large ones once they do", async () => {
  world = await proxyWorld((_, response) => response.end("{}"));
  const post = (body: ReadableStream | Uint8Array, headers = {}) =>
    world!.ask("/graphql", { method: "POST", body, headers, duplex: "half" } as RequestInit);
  const slow = Array.from({ length: 8 }, () => new TransformStream<Uint8Array, Uint8Array>());
  const waiting = slow.map(({ readable }) => post(readable));
  const small = new Uint8Array(1_000);
  expect((await post(new TransformStream().readable)).status).toBe(503);
  expect((await post(small, { "content-length": "1000" })).status).toBe(200);
  await Promise.all(slow.map(({ writable }) => writable.close()));
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(slow.map(() => 200));
  expect((await post(small)).status).toBe(200);
});

it("whoever names the budget of somebody else does not make that one wait", async () => {
  const spacing = { ms: 700, getMs: 700, mostMs: 5_000 };
  world = await proxyWorld(
    (_, response) => response.end("{}"),
    {},
    { spacing: { v3: spacing, v4: spacing } },
  );
  const ask = (token: string, path: string) =>
    world!.ask(path, { token, headers: { "X-PROW-GHCACHE-TOKEN-BUDGET-IDENTIFIER": "app acme" } });
  const others = [1, 2].map((n) => ask("mallory", `/${n}`));
  const started = performance.now();
  await ask("acme", "/mine");
  expect(performance.now() - started).toBeLessThan(500);
  await Promise.all(others);
  expect(performance.now() - started).toBeGreaterThan(500);
});

describe("labels of metrics", () => {
  const { few } = proxyMetrics(new Registry());
  const asked = (token_hash: string, user_agent = "tide") => ({ token_hash, user_agent, path: "/user" });

  it("are what clients say, while there are few of them", () => {
    expect(few(asked("app acme"))).toEqual(asked("app acme"));
    expect(few(asked("a".repeat(64), ""))).toEqual(asked("a".repeat(64), ""));
  });
  it("are none of theirs when they are long or strange", () => {
    const other = { token_hash: "other", user_agent: "other", path: "other" };
    expect(few(asked("a".repeat(300)))).toEqual(other);
    expect(few(asked("app acme", "é"))).toEqual(other);
  });
  it("do not grow without end, and those that were there stay", () => {
    const told = new Set(Array.from({ length: 10_000 }, (_, n) => JSON.stringify(few(asked(`t${n}`)))));
    expect(told.size).toBeLessThan(2_100);
    expect(few(asked("app acme"))).toEqual(asked("app acme"));
  });
});
