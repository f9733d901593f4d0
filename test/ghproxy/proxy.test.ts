// ghproxy as its clients see it: modes, what is kept and for whom, what is shared, and what happens when GitHub is slow or gone.
import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { proxyMetrics } from "../../src/ghproxy/metrics.ts";
import { upstream } from "../../src/ghproxy/upstream.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { freePort } from "../contracts/free-port.ts";
import { type Handle, proxyWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

const mode = (response: Response) => response.headers.get("x-cache-mode");
let version = 1;

/** An answer with an ETag of its own for each version and token, as GitHub makes them. */
const github: Handle = (request, response) => {
  const token = request.headers.authorization ?? "";
  const etag = `W/"${version} ${token.length}${token.at(-1)}"`;
  if (request.url?.startsWith("/secret") && token !== "token t1") {
    response.writeHead(404).end("{}");
    return;
  }
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, { etag, "x-ratelimit-remaining": "4000" }).end();
    return;
  }
  const headers = { etag, "content-type": "application/json", "cache-control": "private, max-age=60" };
  response.writeHead(200, { ...headers, "x-ratelimit-remaining": "3999" }).end(`{"version":${version}}`);
};

describe("an answer", () => {
  it("is asked for, then revalidated, then changed", async () => {
    world = await proxyWorld(github);
    const first = await world.ask("/repos/acme/tool");
    expect([first.status, mode(first), first.headers.get("cache-control")]).toEqual([
      200,
      "MISS",
      "no-cache",
    ]);
    const again = await world.ask("/repos/acme/tool");
    expect([again.status, mode(again), await again.text()]).toEqual([200, "REVALIDATED", '{"version":1}']);
    // What is left of the budget is as of now.
    expect(again.headers.get("x-ratelimit-remaining")).toBe("4000");
    version = 2;
    const changed = await world.ask("/repos/acme/tool");
    expect([mode(changed), await changed.text()]).toEqual(["CHANGED", '{"version":2}']);
    expect(world.reached.filter((line) => line.includes("unless"))).toHaveLength(2);
    const text = await world.registry.metrics();
    for (const each of ["MISS", "REVALIDATED", "CHANGED"])
      expect(text).toMatch(new RegExp(`ghcache_responses{mode="${each}",path="/repos/:owner/:repo".*} 1`));
    expect(text).toMatch(/ghcache_cache_partitions{token_hash="[0-9a-f]{64}"} 1/);
    expect(text).toMatch(/ghcache_cache_parititions{token_hash="[0-9a-f]{64}"} 1/);
    expect(text).toContain("ghcache_cache_entry_age_seconds_count");
    expect(text).toMatch(/github_token_usage{.*} 3999/);
    expect(text).not.toContain("t1");
  });

  it("is each media type's own, and what a client makes conditional itself is left to it", async () => {
    world = await proxyWorld(github);
    await world.ask("/a");
    expect(mode(await world.ask("/a", { headers: { accept: "text/plain" } }))).toBe("MISS");
    const etag = (await world.ask("/a")).headers.get("etag")!;
    const own = await world.ask("/a", { headers: { "if-none-match": etag } });
    expect([own.status, mode(own)]).toEqual([304, "REVALIDATED"]);
  });

  it("of one token is given to no other that may not have it", async () => {
    world = await proxyWorld(github);
    expect((await world.ask("/secret")).status).toBe(200);
    const other = await world.ask("/secret", { token: "t2" });
    expect([other.status, mode(other), other.headers.get("cache-control")]).toEqual([
      404,
      "NO-STORE",
      "no-store",
    ]);
    expect((await world.ask("/secret", { token: "" })).status).toBe(404);
  });

  it("that is not text stays as it is", async () => {
    const bytes = Buffer.from([0, 255, 128, 10, 13]);
    world = await proxyWorld((request, response) => {
      if (request.headers["if-none-match"]) response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end(bytes);
    });
    for (const expected of ["MISS", "REVALIDATED"]) {
      const response = await world.ask("/archive");
      expect(mode(response)).toBe(expected);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    }
  });

  it("that was a failure is not kept; a redirect is the client's to follow", async () => {
    world = await proxyWorld((request, response) => {
      if (request.url === "/moved") response.writeHead(301, { location: "https://elsewhere.test/" }).end();
      else response.writeHead(500, { etag: '"1"' }).end("no");
    });
    for (let times = 0; times < 2; times++) {
      const failed = await world.ask("/fails");
      expect([failed.status, mode(failed), await failed.text()]).toEqual([500, "NO-STORE", "no"]);
    }
    const moved = await world.ask("/moved");
    expect([moved.status, moved.headers.get("location")]).toEqual([301, "https://elsewhere.test/"]);
  });
});

describe("requests", () => {
  it("that are equal and under way share one answer, each token its own", async () => {
    const gate = Promise.withResolvers<void>();
    world = await proxyWorld((request, response, body) => {
      void gate.promise.then(() => github(request, response, body));
    });
    const asked = Array.from({ length: 100 }, (_, n) => world.ask("/a", { token: n < 50 ? "t1" : "t2" }));
    while (world.reached.length < 2) await systemClock.sleep(5);
    gate.resolve();
    const modes = (await Promise.all(asked)).map(mode);
    expect(world.reached).toHaveLength(2);
    expect(modes.filter((one) => one === "COALESCED")).toHaveLength(98);
    await world.ask("/a");
    expect(world.reached).toHaveLength(3);
  });

  it.each(["if-modified-since", "x-github-api-version"])("that differ in %s share none", async (name) => {
    const gate = Promise.withResolvers<void>();
    world = await proxyWorld((request, response) => {
      void gate.promise.then(() => response.end(String(request.headers[name])));
    });
    const values = ["2022-11-28", "2026-03-10"];
    const asked = values.map((value) => world.ask("/a", { headers: { [name]: value } }));
    while (world.reached.length < 2) await systemClock.sleep(5);
    gate.resolve();
    expect(await Promise.all(asked.map(async (answer) => (await answer).text()))).toEqual(values);
  });

  it("that write go through as they are", async () => {
    world = await proxyWorld((request, response, body) => {
      response
        .writeHead(201)
        .end(`${request.headers.authorization} ${request.headers["content-type"]} ${body}`);
    });
    const response = await world.ask("/repos/acme/tool/issues", {
      method: "POST",
      body: '{"title":"x"}',
      headers: { "content-type": "application/json" },
    });
    expect([response.status, mode(response)]).toEqual([201, "SKIP"]);
    expect(await response.text()).toBe('token t1 application/json {"title":"x"}');
    const graphql = await world.ask("/graphql", { method: "POST", body: "{}" });
    expect([mode(graphql), graphql.headers.get("cache-control")]).toEqual(["SKIP", "no-store"]);
  });

  it("are under way only so many at a time", async () => {
    let now = 0;
    let most = 0;
    world = await proxyWorld(
      (_, response) => {
        most = Math.max(most, ++now);
        setTimeout(() => {
          now--;
          response.end("{}");
        }, 5);
      },
      {},
      { concurrency: 3 },
    );
    await Promise.all(Array.from({ length: 20 }, (_, n) => world.ask(`/${n}`)));
    expect(world.reached).toHaveLength(20);
    expect(most).toBeLessThanOrEqual(3);
    expect(await world.registry.metrics()).toMatch(/concurrent_outbound_requests 0\n/);
  });

  it("of Prow's clients are counted by the budget that they name", async () => {
    world = await proxyWorld(github);
    await world.ask("/a", { headers: { "X-PROW-GHCACHE-TOKEN-BUDGET-IDENTIFIER": "app acme" } });
    expect(await world.registry.metrics()).toMatch(/ghcache_responses{.*token_hash="app acme"} 1/);
  });

  it("that GitHub does not answer in time are told so", async () => {
    world = await proxyWorld(() => {}, { timeoutMs: 50, timeoutWords: "50ms" });
    const response = await world.ask("/slow");
    expect([response.status, await response.text()]).toEqual([503, "ghproxy timed out after 50ms"]);
  });

  it("fail as those of a gateway when GitHub is gone", async () => {
    const clock = systemClock;
    const metrics = proxyMetrics(new Registry());
    const gone = upstream({
      ...{
        upstream: `http://127.0.0.1:${await freePort()}`,
        concurrency: 1,
        spacing: undefined,
        clock,
        metrics,
      },
    });
    world = await proxyWorld(github, { upstream: gone });
    expect((await world.ask("/a")).status).toBe(502);
    expect((await world.ask("/a", { method: "POST", body: "{}" })).status).toBe(502);
    expect(await world.registry.metrics()).toMatch(/ghcache_responses{mode="ERROR".*} 1/);
  });
});

describe("tokens of an App's installation", () => {
  const tokens =
    (minutes: number): Handle =>
    (_, response) => {
      const expires_at = new Date(Date.now() + minutes * 60_000).toISOString();
      response.writeHead(201).end(JSON.stringify({ token: `ghs_${world.reached.length}`, expires_at }));
    };
  const get = async (path = "/app/installations/1/access_tokens", body?: string) => {
    const response = await world.ask(path, { method: "POST", ...(body !== undefined && { body }) });
    const { token } = (await response.json()) as { token: string };
    return token;
  };

  it("are the same for all, while they are good", async () => {
    world = await proxyWorld(tokens(60));
    expect([await get(), await get()]).toEqual(["ghs_1", "ghs_1"]);
    expect(await get("/app/installations/2/access_tokens")).toBe("ghs_3");
  });
  it("that are narrower are no others'", async () => {
    world = await proxyWorld(tokens(60));
    expect(await get(undefined, '{"repositories":["tool"]}')).toBe("ghs_1");
    expect(await get()).toBe("ghs_2");
    expect(await get(undefined, '{"repositories":["tool"]}')).toBe("ghs_1");
  });
  it("that GitHub has refused are handed out no more", async () => {
    const make = tokens(60);
    world = await proxyWorld((request, response, body) => {
      if (request.method === "POST") make(request, response, body);
      else response.writeHead(request.headers.authorization === "token ghs_1" ? 401 : 200).end("{}");
    });
    const ask = async (token: string) => (await world.ask("/repos/acme/tool", { token })).status;
    expect([await get(), await get()]).toEqual(["ghs_1", "ghs_1"]);
    // Somebody else's mistake changes nothing.
    expect([await ask("ghs_9"), await get()]).toEqual([200, "ghs_1"]);
    expect(await ask("ghs_1")).toBe(401);
    const fresh = await get();
    expect(fresh).not.toBe("ghs_1");
    expect([await get(), await ask(fresh)]).toEqual([fresh, 200]);
  });
  it("that are about to end are not handed out again", async () => {
    world = await proxyWorld(tokens(0.5));
    expect([await get(), await get()]).toEqual(["ghs_1", "ghs_2"]);
  });
});
