// An HTTP proxy in front of object storage that fails as storage does: 503, connections cut before and after the work is done.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { freePort } from "../contracts/free-port.ts";
import { Dice } from "./secret-placements.ts";

export interface Done {
  method: string;
  /** Path and query. */
  path: string;
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

export interface FaultyProxy {
  url: string;
  port: number;
  /** Of all requests, those that fail: from 0 to 1. */
  rate: number;
  /** What storage was asked, in order of its answers, also where the answer was lost. */
  done: Done[];
  faults: number;
  stop(): void;
}

/** `target` is told the proxy's port first, since storage may tell clients where to go on. */
export async function faultyProxy(seed: number, target: () => number): Promise<FaultyProxy> {
  const dice = new Dice(seed);
  const port = await freePort();
  const server: Server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  const proxy: FaultyProxy = {
    ...{ url: `http://127.0.0.1:${port}`, port, rate: 0, done: [], faults: 0 },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Half of what fails has been done.
    const fault = dice.random() < proxy.rate && dice.one(["unavailable", "lost", "cut", "lost"] as const);
    if (fault) proxy.faults++;
    if (fault === "cut") return void incoming.socket.destroy();
    if (fault === "unavailable") {
      incoming.resume();
      return void incoming.once("end", () => outgoing.writeHead(503).end("try again"));
    }
    const { method = "", url: path = "", headers } = incoming;
    const sent: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => sent.push(chunk));
    const asked = request({ host: "127.0.0.1", port: target(), method, path, headers }, (answer) => {
      proxy.done.push({ method, path, status: answer.statusCode ?? 0, headers, body: Buffer.concat(sent) });
      if (fault === "lost") {
        answer.resume();
        return void incoming.socket.destroy();
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    asked.once("error", () => incoming.socket.destroy());
    incoming.pipe(asked);
  };
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return proxy;
}
