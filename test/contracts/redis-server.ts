// A real Redis for tests, in memory, on this machine only.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../queue/redis.ts";

export interface RedisServer {
  url: string;
  dispose(): Promise<void>;
}

export async function redisServer(at?: number, ...settings: string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "cutwater-redis-"));
  const port = at ?? (await freePort());
  const own = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", directory, "--save", "", ...settings];
  const server = spawn("redis-server", own, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const chunk of server.stdout) if (String(chunk).includes("Ready to accept connections")) break;
  server.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    async dispose() {
      server.kill("SIGKILL");
      await once(server, "close");
      await rm(directory, { recursive: true });
    },
  };
}
