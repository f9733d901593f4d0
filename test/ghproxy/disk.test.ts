// Answers on disk: across restarts, bounded, apart for each token, and gone when the token is.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diskStore, prune } from "../../src/ghproxy/disk.ts";
import { diskStores } from "../../src/ghproxy/store.ts";
import { systemClock } from "../../src/lib/clock.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cutwater-ghproxy-"));
});
afterEach(() => rm(directory, { recursive: true }));

const FOR_MS = 60_000;
const open = (maxBytes = 10_000) => diskStore({ directory, maxBytes, clock: systemClock }, undefined);

describe("answers on disk", () => {
  it("are there after a restart", async () => {
    await open().put("/a", "one", FOR_MS);
    await open().put("/a", "two", FOR_MS);
    expect(await open().get("/a")).toBe("two");
    expect(await open().get("/b")).toBeUndefined();
  });

  it("make room, those first that were not used for longest", async () => {
    const store = open();
    const fifth = "x".repeat(2_000);
    for (const key of ["/a", "/b", "/c", "/d", "/e"]) await store.put(key, fifth, FOR_MS);
    await store.get("/a");
    await store.put("/f", fifth, FOR_MS);
    expect(await store.get("/a")).toBe(fifth);
    expect(await store.get("/b")).toBeUndefined();
    await store.put("/a", "x".repeat(5_000), FOR_MS);
    expect(await store.get("/a")).toBeUndefined();
    const smaller = open(4_500);
    await smaller.put("/g", "y", FOR_MS);
    expect(await readdir(join(directory, "data"))).toHaveLength(3);
  });

  it("are each token's own unless they are to be all one", async () => {
    const apart = diskStores({ directory, maxBytes: 1_000, undivided: false, clock: systemClock });
    const who = (partition: string) => ({ partition, budget: "", expiresAt: undefined });
    await apart(who("p1")).put("/a", "one", FOR_MS);
    expect(await apart(who("p2")).get("/a")).toBeUndefined();
    expect(await apart(who("p1")).get("/a")).toBe("one");
    // Anybody can make up a token.
    expect(await readdir(join(directory, "data"))).toEqual(["p1"]);
    const one = diskStores({ directory, maxBytes: 1_000, undivided: true, clock: systemClock });
    await one(who("p1")).put("/a", "all", FOR_MS);
    expect(await one(who("p2")).get("/a")).toBe("all");
  });

  it("of a token that is over are removed, others stay", async () => {
    const now = new Date("2026-01-02T03:04:05Z");
    const stores = diskStores({ directory, maxBytes: 1_000, undivided: false, clock: systemClock });
    const who = (partition: string, expiresAt?: string) => ({
      ...{ partition, budget: "", expiresAt: expiresAt ? new Date(expiresAt) : undefined },
    });
    await stores(who("over", "2026-01-02T03:04:00Z")).put("/a", "one", FOR_MS);
    await stores(who("good", "2026-01-02T04:00:00Z")).put("/a", "one", FOR_MS);
    await stores(who("endless")).put("/a", "one", FOR_MS);
    await writeFile(join(directory, "data", "good", "stray"), "");
    expect(await prune(directory, now)).toEqual(["over"]);
    expect((await readdir(join(directory, "data"))).sort()).toEqual(["endless", "good"]);
    expect((await readdir(join(directory, "temp"))).sort()).toEqual(["endless", "good"]);
  });
});
