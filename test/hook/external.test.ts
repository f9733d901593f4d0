// External plugins get the webhook as it came.
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { sendToPlugin } from "../../src/hook/external.ts";
import { httpServer } from "../lib/http-server.ts";

const delivery = {
  headers: {
    "x-github-event": "issue_comment",
    "x-hub-signature-256": "sha256=ab",
    "content-type": "application/json",
  },
  body: '{"text": "é"}',
};

interface Received {
  method: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

async function plugin(
  answer: (response: ServerResponse, count: number) => void,
  test: (url: string, received: Received[]) => Promise<void>,
) {
  const received: Received[] = [];
  const server = await httpServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      received.push({ method: request.method, headers: request.headers, body });
      answer(response, received.length);
    });
  });
  try {
    await test(`${server.url}/in`, received);
  } finally {
    server.close();
  }
}

function send(url: string) {
  const slept: number[] = [];
  const sent = sendToPlugin(url, delivery, { sleep: async (ms: number) => void slept.push(ms) });
  return { slept, sent };
}

describe("external plugins", () => {
  it("get body and signature unchanged, from ProwHook", () =>
    plugin(
      (response) => response.end(),
      async (url, received) => {
        await send(url).sent;
        expect(received).toEqual([
          {
            method: "POST",
            body: delivery.body,
            headers: expect.objectContaining({ ...delivery.headers, "user-agent": "ProwHook" }),
          },
        ]);
      },
    ));

  it("are tried five times when they can not be reached", async () => {
    const { slept, sent } = send("http://127.0.0.1:1/");
    await expect(sent).rejects.toMatchObject({ name: "UnreachableError" });
    expect(slept).toEqual([100, 200, 400, 800]);
  });

  it("are signed in at with what their endpoint says, which no error tells", async () => {
    await plugin(
      (response) => response.end(),
      async (url, received) => {
        await send(url.replace("http://", "http://user:s3cr%40t@")).sent;
        expect(received[0]?.headers.authorization).toBe(
          `Basic ${Buffer.from("user:s3cr@t").toString("base64")}`,
        );
      },
    );
    const failure = await send("http://user:s3cret@127.0.0.1:1/").sent.catch((error: Error) => error);
    expect(String(failure)).toContain("UnreachableError: http://127.0.0.1:1/ can not be reached");
    await expect(send("user:s3cret@").sent).rejects.toThrow(/^its endpoint in plugins.yaml is no address/);
  });

  it("are tried again when the connection breaks", () =>
    plugin(
      (response, count) => (count < 3 ? response.destroy() : response.end()),
      async (url, received) => {
        await send(url).sent;
        expect(received).toHaveLength(3);
      },
    ));

  it("are asked once when they answer, whatever they answer", () =>
    plugin(
      (response) => response.writeHead(500).end("said"),
      async (url, received) => {
        await expect(send(url).sent).rejects.toThrow(
          'response has status "500 Internal Server Error" and body "said"',
        );
        expect(received).toHaveLength(1);
      },
    ));
});
