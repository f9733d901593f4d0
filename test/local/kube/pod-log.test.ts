// Pod logs come from the kubelet of the pod's node, which is a small HTTP server here.
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import { type KubeServer, startKubeServer } from "../../../src/local/kube/server.ts";
import { type Body, call } from "../../contracts/kube-http.ts";
import { type HTTPServer, httpServer } from "../../lib/http-server.ts";

const PODS = "/api/v1/namespaces/default/pods";
let server: KubeServer;
let kubelet: HTTPServer;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = await startKubeServer({ port: 0, file: ":memory:", clock: systemClock, log: silent });
  kubelet = await httpServer((request, response) => answer(request, response));
  const { port } = kubelet;
  const status = {
    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  await call(server, "POST", "/api/v1/nodes", { body: { metadata: { name: "n1" }, status } });
});
afterAll(async () => {
  await server.close();
  kubelet.close();
});

async function pod(name: string, state: Body, nodeName = "n1"): Promise<void> {
  const spec = { nodeName, containers: [{ name: "test", image: "i" }] };
  await call(server, "POST", PODS, { body: { metadata: { name }, spec } });
  const body = { status: { containerStatuses: [{ name: "test", state }] } };
  await call(server, "PATCH", `${PODS}/${name}/status`, { body, type: "application/merge-patch+json" });
}

test("the log is asked for with the client's options", async () => {
  let asked = "";
  answer = (request, response) => {
    asked = request.url ?? "";
    response.end("one\ntwo\n");
  };
  await pod("done", { terminated: { exitCode: 0 } });
  const { status, text } = await call(server, "GET", `${PODS}/done/log?tailLines=2&timestamps=true&pretty=1`);
  expect([status, text]).toEqual([200, "one\ntwo\n"]);
  expect(asked).toBe("/containerLogs/default/done/test?timestamps=true&tailLines=2");
});

test("a followed log comes as it is written, and stops when the client goes", async () => {
  const lines: ServerResponse[] = [];
  const left = new Promise<void>((resolve) => {
    answer = (_, response) => {
      response.once("close", resolve);
      response.write("first\n");
      lines.push(response);
    };
  });
  await pod("live", { running: {} });
  const stream = await new Promise<IncomingMessage>((resolve) =>
    request(`${server.url}${PODS}/live/log?follow=true`, resolve).end(),
  );
  stream.setEncoding("utf8");
  const next = () => new Promise<string>((resolve) => stream.once("data", resolve));
  expect(await next()).toBe("first\n");
  lines[0]?.write("second\n");
  expect(await next()).toBe("second\n");
  stream.destroy();
  await left;
});

test("a container that has not started is told so", async () => {
  await pod("new", { waiting: { reason: "PodInitializing" } });
  expect((await call(server, "GET", `${PODS}/new/log`)).body).toMatchObject({
    code: 400,
    reason: "BadRequest",
    message: 'container "test" in pod "new" is waiting to start: PodInitializing',
  });
});

test("the kubelet's refusal is passed on", async () => {
  answer = (_, response) => {
    response.writeHead(404).end("the log file is gone\n");
  };
  await pod("lost", { terminated: { exitCode: 0 } });
  expect((await call(server, "GET", `${PODS}/lost/log`)).body).toMatchObject({
    code: 404,
    message: "the log file is gone",
  });
});

test("a node that is unknown or does not answer is told", async () => {
  await pod("astray", { running: {} }, "nowhere");
  expect((await call(server, "GET", `${PODS}/astray/log`)).body.message).toBe('nodes "nowhere" not found');
  const status = { daemonEndpoints: { kubeletEndpoint: { Port: 1 } } };
  await call(server, "POST", "/api/v1/nodes", { body: { metadata: { name: "deaf" }, status } });
  await pod("mute", { running: {} }, "deaf");
  const { body } = await call(server, "GET", `${PODS}/mute/log`);
  expect([body.code, body.message]).toEqual([500, expect.stringContaining("ECONNREFUSED")]);
});

test("a pod on no node has no log yet", async () => {
  const spec = { containers: [{ name: "test", image: "i" }] };
  await call(server, "POST", PODS, { body: { metadata: { name: "waiting" }, spec } });
  const { status, text } = await call(server, "GET", `${PODS}/waiting/log`);
  expect([status, text]).toEqual([204, ""]);
});
