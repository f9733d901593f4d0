// A thread of strangers: each posts as much as is taken at all, slowly, signed by nobody, and keeps the end to itself.
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

export interface Strangers {
  port: number;
  count: number;
  bytes: number;
  /** How long each takes to send all but the end. */
  ms: number;
}

/** What the thread posts when all are gone. */
export interface Sent {
  /** By all together. */
  bytes: number;
}

const TICK_MS = 100;
const { port, count, bytes, ms } = workerData as Strangers;
const piece = Buffer.alloc(Math.floor((bytes - 1) / (ms / TICK_MS)), "a");

async function post(n: number): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  let open = true;
  socket.on("error", () => {}).on("close", () => (open = false));
  // What is answered is of no interest, but unread it would keep the socket.
  socket.resume();
  const head = [
    ...["POST /hook HTTP/1.1", "Host: hook", "Content-Type: application/json", "X-GitHub-Event: push"],
    ...[`X-GitHub-Delivery: stranger-${n}`, `X-Hub-Signature-256: sha256=${"0".repeat(64)}`],
    `Content-Length: ${bytes}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  let sent = 0;
  while (open) {
    // Waits for whoever reads slowly, as a socket of a sender without memory would.
    if (sent + piece.length < bytes && socket.writableLength === 0) {
      socket.write(piece);
      sent += piece.length;
    }
    await pause(TICK_MS);
  }
  return sent;
}

const sent = await Promise.all(Array.from({ length: count }, (_, n) => post(n)));
parentPort?.postMessage({ bytes: sent.reduce((sum, one) => sum + one, 0) } satisfies Sent);
