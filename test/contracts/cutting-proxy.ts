// A TCP proxy that does to connections what networks do: cuts them in the middle of an answer, or lets nothing through.
import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./free-port.ts";

export interface CuttingProxy {
  port: number;
  /** The share of the pieces of answers in whose middle the connection is cut; the first one is for certain. */
  cut(share: number): void;
  /** Connections that are there are cut, new ones refused, until `up`. */
  down(): void;
  up(): void;
  /** How many connections have been cut. */
  cuts(): number;
  close(): Promise<void>;
}

export async function cuttingProxy(target: number, random: () => number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let share = 0;
  let certain = false;
  let down = false;
  let cuts = 0;
  const server = createServer((client) => {
    if (down) return void client.destroy();
    const upstream = connect(target, "127.0.0.1");
    const end = () => {
      client.destroy();
      upstream.destroy();
      open.delete(client);
    };
    open.add(client);
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    client.pipe(upstream);
    upstream.on("data", (piece) => {
      if (certain || random() < share) {
        certain = false;
        cuts++;
        client.write(piece.subarray(0, piece.length >> 1), end);
      } else if (!client.write(piece)) upstream.pause();
    });
    client.on("drain", () => upstream.resume());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    cuts: () => cuts,
    cut(wanted) {
      share = wanted;
      certain = wanted > 0;
    },
    down() {
      down = true;
      cuts += open.size;
      cutAll();
    },
    up() {
      down = false;
    },
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
