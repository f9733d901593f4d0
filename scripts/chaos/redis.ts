// A real Redis that can be killed and comes back with its files.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { freePort } from "../../test/contracts/free-port.ts";

export interface KillableRedis {
  url: string;
  /** kill -9, and start again on the same files. */
  kill(): Promise<void>;
  /** FLUSHALL. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export async function killableRedis(directory: string): Promise<KillableRedis> {
  const port = await freePort();
  const settings = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"];
  const place = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
  const start = async (): Promise<ChildProcess> => {
    const child = spawn("redis-server", [...place, ...settings], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const chunk of child.stdout!) if (String(chunk).includes("Ready to accept connections")) break;
    child.stdout!.resume();
    return child;
  };
  const end = async (child: ChildProcess) => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  };
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      await end(server);
      server = await start();
    },
    async flush() {
      const client = new Redis(port, "127.0.0.1");
      await client.flushall();
      client.disconnect();
    },
    close: () => end(server),
  };
}
