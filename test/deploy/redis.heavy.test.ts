// The queue contract as the user that the manifests' Redis has for hook, and what this user may not do.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../src/lib/logger.ts";
import { redisShared } from "../../src/shared/redis.ts";
import { hasBinary } from "../contracts/has-binary.ts";
import { queueContract } from "../contracts/queue.ts";
import { sharedContract } from "../contracts/shared.ts";
import { PASSWORD, type StartedRedis, startRedis } from "./redis.ts";

const run = promisify(execFile);
const ROOM = 100_000;

if (hasBinary("redis-server")) {
  queueContract("the manifests' Redis", async () => {
    const { urlWithPassword, stop } = await startRedis();
    return { url: urlWithPassword, dispose: stop };
  });

  sharedContract("the manifests' Redis", async () => {
    const { urlWithPassword: url, stop } = await startRedis();
    // It writes each change to disk, and this disk may be busy.
    const options = { url, log: silent, maxBytes: ROOM, commandMs: 10_000 };
    return { open: () => redisShared(options), room: ROOM, dispose: stop };
  });

  describe("the manifests' Redis", () => {
    let redis: StartedRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.stop());
    const asks = async (user: string[], ...words: string[]) => {
      const env = { PATH: process.env["PATH"], REDISCLI_AUTH: user.length > 0 ? PASSWORD : undefined };
      return (await run("redis-cli", ["-p", `${redis.port}`, ...user, ...words], { env })).stdout;
    };
    const HOOK = ["--user", "hook"];

    test("answers hook", async () => {
      expect(await asks(HOOK, "ping")).toBe("PONG\n");
      expect(await asks(HOOK, "config", "get", "maxmemory-policy")).toContain("noeviction");
    });
    test("refuses whoever has no password, and the user that Redis has by itself", async () => {
      expect(await asks([], "ping")).toContain("NOAUTH");
      expect(await asks(["--user", "default"], "ping")).toMatch(/NOAUTH|NOPERM/);
    });
    test.each([
      ["flushall"],
      ["config", "set", "dir", "/tmp"],
      ["keys", "*"],
      ["acl", "list"],
      ["replicaof", "127.0.0.1", "1"],
      ["set", "of-somebody-else", "x"],
    ])("refuses hook %s", async (...words) => {
      expect(await asks(HOOK, ...words)).toContain("NOPERM");
    });
  });
} else {
  describe("the manifests' Redis", () =>
    test.skip("redis-server is missing: apt-get install redis-server", () => {}));
}
