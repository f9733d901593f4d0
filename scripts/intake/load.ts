// Sends deliveries at a fixed rate, whether or not the ones before are answered, and tells how long each took from when
// it was due. A process of its own, so that it does not slow down what it measures.
//   load.ts URL SECRET PER-SECOND COUNT FIRST-PULL PREFIX
import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { holdPayload } from "./payload.ts";

const [url = "", secret = "", rate = "500", count = "0", firstPull = "1", prefix = ""] =
  process.argv.slice(2);
const PULLS = 500;
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const bodies = Array.from({ length: PULLS }, (_, n) => {
  const body = Buffer.from(holdPayload(Number(firstPull) + n));
  return { body, signature: `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
});

function send(n: number): Promise<number> {
  const { body, signature } = bodies[n % PULLS]!;
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      {
        method: "POST",
        agent,
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
          "x-github-event": "issue_comment",
          "x-github-delivery": `${prefix}-${n}`,
          "x-hub-signature-256": signature,
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sending.on("error", reject);
    sending.end(body);
  });
}

const latencies: number[] = [];
let refused = 0;
let firstAck = 0;
const perMs = Number(rate) / 1000;
const started = performance.now();
const sent: Promise<void>[] = [];
for (let n = 0; n < Number(count); ) {
  const due = Math.min(Number(count), Math.floor((performance.now() - started) * perMs) + 1);
  for (; n < due; n++) {
    const at = started + n / perMs;
    sent.push(
      send(n).then(
        (status) => {
          firstAck ||= Date.now();
          if (status === 200) latencies.push(performance.now() - at);
          else refused++;
        },
        () => void refused++,
      ),
    );
  }
  await pause(1);
}
await Promise.all(sent);
latencies.sort((a, b) => a - b);
const at = (share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), max: at(1), refused, seconds, firstAck }));
agent.destroy();
