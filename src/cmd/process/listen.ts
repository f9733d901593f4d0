// Serves a handler on a port.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { UsageError } from "../../lib/flags.ts";

export type Fetch = (request: Request) => Response | Promise<Response>;

export interface Listening {
  url: string;
  port: number;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** Who takes longer than this to send a request is cut off; all that is asked for here is small. Answers may go on. */
const PROMPT = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** Port 0 takes a free one. Throws UsageError when the port is taken; `flag` is what would change it. */
export async function listen(
  handler: RequestListener,
  host: string,
  port: number,
  flag: string,
): Promise<Listening> {
  if (port < 0 || port > 65_535) throw new UsageError(`--${flag} ${port} is no port: 0 to 65535`);
  const server = createServer(PROMPT, handler);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(explained(error, port, flag)));
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const shown = host === "" || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return { url: `http://${shown}:${actual}`, port: actual, close: () => close(server) };
}

/** The same for a function from Request to Response. */
export const listenFetch = (handler: Fetch, host: string, port: number, flag: string): Promise<Listening> =>
  listen(getRequestListener(handler), host, port, flag);

/** The same explanation for a server that listens by itself. */
export const portTaken = <T>(port: number, server: Promise<T>): Promise<T> =>
  server.catch((error: NodeJS.ErrnoException) => {
    throw explained(error, port, "port");
  });

function explained(error: NodeJS.ErrnoException, port: number, flag: string): Error {
  if (error.code === "EADDRINUSE")
    return new UsageError(`port ${port} is taken; choose another with --${flag}`);
  if (error.code === "EACCES")
    return new UsageError(`port ${port} needs more rights; choose another with --${flag}`);
  return error;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
