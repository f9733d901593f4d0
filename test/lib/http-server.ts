// An HTTP server of a test's own, on a free port of this machine.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface HTTPServer {
  /** Without a slash at the end. */
  url: string;
  port: number;
  /** For a test that looks at its connections. */
  server: Server;
  /** Cuts off who is still connected. */
  close(): Promise<void>;
}

export async function httpServer(listener: RequestListener): Promise<HTTPServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, port, server },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
