// A TCP proxy that can be cut amid an answer: whoever asked has heard the beginning, and connects anew.
import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./free-port.ts";

export interface CutWire {
  port: number;
  /** Every connection that is there ends after so many bytes of the next thing that it hears, or of one after that. */
  cutAfter(bytes: number, passing?: number): void;
  close(): Promise<void>;
}

export async function cutWire(target: number): Promise<CutWire> {
  const open = new Set<Socket>();
  const left = new Map<Socket, { bytes: number; passing: number }>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) open.add(socket.on("error", () => {}));
    client.pipe(upstream);
    upstream.on("data", (piece) => {
      const cut = left.get(client);
      if (cut === undefined || cut.passing-- > 0) client.write(piece);
      else client.end(piece.subarray(0, cut.bytes), () => upstream.destroy());
    });
    upstream.on("close", () => client.destroy());
    client.on("close", () => {
      open.delete(client);
      open.delete(upstream);
      upstream.destroy();
    });
    clients.add(client);
    client.on("close", () => clients.delete(client));
  });
  const clients = new Set<Socket>();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    cutAfter(bytes, passing = 0) {
      for (const client of clients) left.set(client, { bytes, passing });
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
