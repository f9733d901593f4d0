// Answers as they come over a real connection: packed, cut off, in bytes that are no text.
import type { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, expect, it, vi } from "vitest";
import { connectGitHub, type GitHubOptions } from "../../src/github/client.ts";
import type { GitHubError } from "../../src/github/error.ts";
import { silent } from "../../src/lib/logger.ts";
import { type HTTPServer, httpServer } from "../lib/http-server.ts";
import { pr, testClock, tool } from "./world.ts";

let server: HTTPServer | undefined;
afterEach(() => {
  server?.close();
  vi.unstubAllEnvs();
});

async function listening(listener: RequestListener): Promise<string> {
  server = await httpServer(listener);
  return server.url;
}

const connectedTo = (url: string, more: Partial<GitHubOptions> = {}) =>
  connectGitHub({
    ...{ endpoints: [url], graphqlEndpoint: `${url}/graphql`, clock: testClock(), log: silent },
    auth: { token: async () => "t0ken" },
    ...more,
  });

/** Each answer in its turn. */
async function answering(...answers: RequestListener[]) {
  const asked: string[] = [];
  const url = await listening((request, response) => {
    asked.push(String(request.method));
    answers[asked.length - 1]!(request, response);
  });
  return { ...connectedTo(url), asked };
}

const json = { "content-type": "application/json; charset=utf-8" };
const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => error as GitHubError,
  );

/** The beginning of a body that was said to be longer. */
const cutOff: RequestListener = (_, response) => {
  response.writeHead(200, { ...json, "content-length": "1000" });
  response.write('[{"name":"a"', () => response.destroy());
};

it("are unpacked", async () => {
  const packed = gzipSync(JSON.stringify([{ name: "größer" }]));
  const { read } = await answering((_, response) =>
    response.writeHead(200, { ...json, "content-encoding": "gzip" }).end(packed),
  );
  expect(await read.issueLabels(pr)).toEqual([{ name: "größer" }]);
});

it("that are cut off are asked for once more where that is safe", async () => {
  const { read, asked } = await answering(cutOff, (_, response) => response.writeHead(200, json).end("[]"));
  expect(await read.issueLabels(pr)).toEqual([]);
  expect(asked).toHaveLength(2);
});

it("to what was created that are cut off are lost, and nothing is created twice", async () => {
  const { write, asked } = await answering(cutOff);
  expect(await failure(write.createComment(pr, "hi"))).toMatchObject({ name: "GitHubError", status: 0 });
  expect(asked).toEqual(["POST"]);
});

it("that are no text are the same bytes when they are kept", async () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41]);
  const logo: RequestListener = (request, response) => {
    if (request.headers["if-none-match"]) response.writeHead(304).end();
    else response.writeHead(200, { "content-type": "text/plain", etag: '"1"' }).end(bytes);
  };
  const { relay } = await answering(logo, logo);
  const path = "/repos/acme/tool/contents/logo.png";
  for (const _ of ["first", "again"]) {
    const { body } = await relay.send(tool, { method: "GET", path, headers: {} });
    expect(Buffer.from(body)).toEqual(bytes);
  }
});

it("that refuse in bytes are told without them", async () => {
  const { read } = await answering((_, response) =>
    response.writeHead(403, { "content-type": "application/octet-stream" }).end(Buffer.alloc(1_000)),
  );
  expect((await failure(read.issueLabels(pr)))?.message).toMatch(/labels: Unknown error$/);
});

it("come through a proxy where one is to be used", async () => {
  const proxy = await listening((request, response) =>
    response.writeHead(200, json).end(JSON.stringify([{ name: request.url }])),
  );
  vi.stubEnv("HTTP_PROXY", proxy);
  const { read } = connectedTo("http://github.invalid", { proxied: true });
  expect((await read.issueLabels(pr))[0]?.name).toMatch(
    "http://github.invalid/repos/acme/tool/issues/7/labels",
  );
});
