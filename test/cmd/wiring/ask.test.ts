// Where deck asks the other components, and what it says when they do not answer.
import { afterEach, expect, test } from "vitest";
import { addressBelow, ask, helpAddress } from "../../../src/cmd/wiring/ask.ts";
import { type LogFields, type Logger, silent } from "../../../src/lib/logger.ts";
import { type HTTPServer, httpServer } from "../../lib/http-server.ts";

const servers: HTTPServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function serve(status: number, body: string): Promise<URL> {
  const server = await httpServer((_request, response) => response.writeHead(status).end(body));
  servers.push(server);
  return new URL(`${server.url}/snapshot`);
}

function recorder(): { log: Logger; lines: LogFields[] } {
  const lines: LogFields[] = [];
  return { log: { ...silent, warn: (fields) => lines.push(fields) }, lines };
}

test("Prow's addresses are understood", () => {
  expect(addressBelow("tide-url", "", "snapshot")).toBeUndefined();
  expect(addressBelow("tide-url", "http://tide/", "snapshot")?.href).toBe("http://tide/snapshot");
  expect(addressBelow("tide-url", "http://all/tide", "history")?.href).toBe("http://all/tide/history");
  expect(() => addressBelow("tide-url", "//tide", "history")).toThrow("--tide-url=//tide is not a URL");
  expect(helpAddress("")).toBeUndefined();
  expect(helpAddress("http://hook:8888")?.href).toBe("http://hook:8888/plugin-help");
  expect(helpAddress("http://hook:8888/plugin-help")?.href).toBe("http://hook:8888/plugin-help");
});

test("an answer is the answer, and without an address there is none", async () => {
  expect(await ask(await serve(200, '{"pools":[]}'), silent)()).toEqual({ pools: [] });
  expect(await ask(undefined, silent)()).toBeUndefined();
});

test.each([
  [503, "", "it answers with HTTP 503"],
  [200, "<html>", "its answer is not JSON"],
])("HTTP %d %j is told as the cause", async (status, body, cause) => {
  const url = await serve(status, body);
  const { log, lines } = recorder();
  await expect(ask(url, log)()).rejects.toThrow(cause);
  expect(lines).toEqual([{ url: url.href, error: cause }]);
});

test("a component that is down is told by the system's code and the URL that was asked", async () => {
  const url = await serve(200, "");
  await servers.splice(0)[0]!.close();
  const { log, lines } = recorder();
  await expect(ask(url, log)()).rejects.toThrow("ECONNREFUSED");
  expect(lines).toEqual([{ url: url.href, error: "ECONNREFUSED" }]);
});
