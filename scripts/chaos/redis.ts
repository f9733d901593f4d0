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
  /** What is kept in it happened so many seconds earlier. */
  age(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const AGE = `
for _, key in ipairs(redis.call('KEYS', '{cutwater:*}:since')) do redis.call('DECRBY', key, ARGV[1]) end
for _, key in ipairs(redis.call('KEYS', '{cutwater:*}:waiting-at')) do
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do redis.call('ZINCRBY', key, -ARGV[1], member) end
end`;

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
  const ask = async (work: (client: Redis) => Promise<unknown>) => {
    const client = new Redis(port, "127.0.0.1");
    await work(client);
    client.disconnect();
  };
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      await end(server);
      server = await start();
    },
    flush: () => ask((client) => client.flushall()),
    age: (seconds) => ask((client) => client.eval(AGE, 0, `${seconds * 1_000}`)),
    close: () => end(server),
  };
}
