// A TCP proxy before which packets can vanish, as behind a firewall that has lost its table: nobody is told of anything.
import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./free-port.ts";

export interface BlackHole {
  port: number;
  /** Connections that are there get no more answers, not even afterwards; those that are made until `heal` never get any. */
  swallow(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function blackHole(target: number): Promise<BlackHole> {
  const open = new Set<Socket>();
  let through = new Set<Socket>();
  let swallows = false;
  const server = createServer((client) => {
    open.add(client.on("error", () => {}));
    if (swallows) return;
    const upstream = connect(target, "127.0.0.1");
    open.add(upstream.on("error", () => {}));
    through.add(client);
    const passes = () => through.has(client);
    client.on("data", (piece) => passes() && upstream.write(piece));
    upstream.on("data", (piece) => passes() && client.write(piece));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => passes() && client.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    swallow() {
      swallows = true;
      through = new Set();
    },
    heal() {
      swallows = false;
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
