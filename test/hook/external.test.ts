// External plugins get the webhook as it came.
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { pluginsConfig } from "../../src/config/plugins-config.ts";
import type { Delivery } from "../../src/hook/delivery.ts";
import { forward } from "../../src/hook/external.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";

const delivery: Delivery = {
  guid: "g",
  event: "issue_comment",
  headers: {
    "x-github-event": "issue_comment",
    "x-hub-signature-256": "sha256=ab",
    "content-type": "application/json",
  },
  body: '{"text": "é"}',
  receivedAt: "",
};

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

async function plugin(status: number, test: (url: string, received: Received[]) => Promise<void>) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end("said");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, received);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

type External = { name: string; endpoint?: string; events?: string[] };

async function run(external_plugins: Record<string, External[]>) {
  const slept: number[] = [];
  const problems: string[] = [];
  const log: Logger = {
    ...silent,
    error: ({ error }) => void problems.push(String((error as Error).message)),
    child: () => log,
  };
  const deps = {
    plugins: () => pluginsConfig({ external_plugins, sections: {} }),
    clock: { sleep: async (ms: number) => void slept.push(ms) },
    log,
  };
  await forward(deps, delivery, { org: "acme", repo: "tool" });
  return { slept, problems };
}

describe("external plugins", () => {
  it("get body and signature unchanged, for the events they want, by org and by repository", () =>
    plugin(200, async (url, received) => {
      await run({
        acme: [
          { name: "all", endpoint: url },
          { name: "pushes", endpoint: url, events: ["push"] },
        ],
        "acme/tool": [{ name: "comments", endpoint: url, events: ["issue_comment"] }],
        "acme/other": [{ name: "elsewhere", endpoint: url }],
      });
      expect(received).toHaveLength(2);
      expect(received[0]).toMatchObject({
        body: delivery.body,
        headers: { ...delivery.headers, "user-agent": "ProwHook" },
      });
    }));

  it("are tried five times when they can not be reached, and then only complained about", async () => {
    const { slept, problems } = await run({ acme: [{ name: "gone", endpoint: "http://127.0.0.1:1/" }] });
    expect(slept).toEqual([100, 200, 400, 800]);
    expect(problems).toHaveLength(1);
  });

  it("are asked once when they answer, whatever they answer", () =>
    plugin(500, async (url, received) => {
      const { problems } = await run({ acme: [{ name: "broken", endpoint: url }] });
      expect(received).toHaveLength(1);
      expect(problems).toEqual(["response has status 500 and body said"]);
    }));
});
