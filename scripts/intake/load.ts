// Sends deliveries at a fixed rate, whether or not the ones before are answered, and tells how long each took from when
// it was due. A process of its own, and what it says is made beforehand: it takes as little as may be of the machine that
// what it measures runs on, and is as quick with the first as with the last.
//   load.ts URL SECRET PER-SECOND COUNT FIRST-PULL PREFIX
import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { holdPayload } from "./payload.ts";
import { plainConnection } from "./plain-connection.ts";

const [address = "", secret = "", rate = "500", count = "0", firstPull = "1", prefix = ""] =
  process.argv.slice(2);
const PULLS = 500;
/** As many as GitHub might have; the others wait for one of them. */
const MOST_CONNECTIONS = 64;
const url = new URL(address);
const bodies = Array.from({ length: PULLS }, (_, n) => {
  const body = Buffer.from(holdPayload(Number(firstPull) + n));
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const head = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "x-github-event: issue_comment",
    `x-hub-signature-256: sha256=${signature}`,
  ];
  return { body, head: head.join("\r\n") };
});

const idle = Array.from({ length: MOST_CONNECTIONS }, () => plainConnection(url));
const waiting: number[] = [];
const latencies: number[] = [];
let refused = 0;
let firstAck = 0;
const perMs = Number(rate) / 1000;
const over = Promise.withResolvers<void>();
const started = performance.now();

async function send(n: number): Promise<void> {
  const connection = idle.pop();
  if (!connection) return void waiting.push(n);
  const { head, body } = bodies[n % PULLS]!;
  const status = await connection.ask(`${head}\r\nx-github-delivery: ${prefix}-${n}\r\n\r\n`, body);
  firstAck ||= Date.now();
  if (status === 200) latencies.push(performance.now() - started - n / perMs);
  else refused++;
  idle.push(connection);
  const next = waiting.shift();
  if (next !== undefined) void send(next);
  if (latencies.length + refused === Number(count)) over.resolve();
}

for (let n = 0; n < Number(count); ) {
  const due = Math.min(Number(count), Math.floor((performance.now() - started) * perMs) + 1);
  for (; n < due; n++) void send(n);
  await pause(1);
}
await over.promise;
latencies.sort((a, b) => a - b);
const at = (share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), max: at(1), refused, seconds, firstAck }));
for (const connection of idle) connection.close();
