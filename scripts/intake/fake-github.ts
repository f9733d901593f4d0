// The least of a GitHub for `/hold`: no latency, no limits. Says a line with the time for each label that is set.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pullRequest } from "../../test/hook/payloads.ts";

const LABELS = /^\/repos\/acme\/tool\/issues\/(\d+)\/labels/;
const PULL = /^\/repos\/acme\/tool\/pulls\/(\d+)$/;
const limits = {
  "x-ratelimit-limit": "1000000000",
  "x-ratelimit-remaining": "999999999",
  "x-ratelimit-reset": "4000000000",
};

const server = createServer((request, response) => {
  request.resume();
  const issue = LABELS.exec(request.url ?? "")?.[1];
  const answer = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json", ...limits }).end(JSON.stringify(body));
  const pull = PULL.exec(request.url ?? "")?.[1];
  if (pull !== undefined) return void answer(200, { ...pullRequest, number: Number(pull) });
  if (request.url === "/user") return void answer(200, { login: "robot" });
  if (issue === undefined) return void answer(404, { message: "Not Found" });
  if (request.method === "POST") process.stdout.write(`${issue} ${Date.now()}\n`);
  answer(200, []);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`));
