// hook is started before its Redis: it waits, says so, and works as soon as Redis is there, in the same process.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../contracts/free-port.ts";
import { hasBinary } from "../contracts/has-binary.ts";
import { DURABLE, redisServer } from "../contracts/redis-server.ts";
import { deliver, killed, startHook, writeHookFiles } from "./hook-process.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe.skipIf(!hasBinary("redis-server"))("a hook whose Redis comes later", () => {
  test("is not ready until then, and tells it in one line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cutwater-late-"));
    closing.push(() => rmSync(folder, { recursive: true }));
    writeHookFiles(folder);
    const port = await freePort();
    const log = () => {
      const name = readdirSync(folder).find((file) => file.endsWith(".log"));
      return name ? readFileSync(join(folder, name), "utf8").split("\n") : [];
    };
    const away = () => log().filter((line) => line.includes("hook's Redis is away"));
    let isReady = false;
    const starting = startHook(folder, { role: "all", queue: `redis://127.0.0.1:${port}` }).then((hook) => {
      isReady = true;
      closing.push(() => killed(hook.child));
      return hook;
    });
    await expect.poll(() => away().length, { timeout: 20_000 }).toBe(1);
    const { dispose } = await redisServer(port, ...DURABLE);
    closing.push(dispose);
    expect(isReady).toBe(false);
    const { url } = await starting;
    expect(await deliver(url, "late-1", '{"repository":{"full_name":"acme/lib"}}', "star")).toBe(200);
    expect(away()).toHaveLength(1);
  });
});
