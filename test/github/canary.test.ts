// A token goes to GitHub and nowhere else: not to another host, nor into a URL, a log, an error, a metric, or what replicas share.
import type { RequestListener } from "node:http";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { connectGitHub } from "../../src/github/client.ts";
import type { Logger } from "../../src/lib/logger.ts";
import { memoryShared } from "../../src/shared/memory.ts";
import type { Shared } from "../../src/shared/port.ts";
import { proxyWorld } from "../ghproxy/world.ts";
import { type HTTPServer, httpServer } from "../lib/http-server.ts";
import { pr, testClock, tool } from "./world.ts";

const CANARY = "ghp_ThisIsNobodysToken01234567890abcde";
const servers: HTTPServer[] = [];

async function serve(handle: RequestListener): Promise<string> {
  const server = await httpServer(handle);
  servers.push(server);
  return server.url;
}

/** All that anybody could read of it afterwards. */
let seen: string[];
let atGitHub: string[];
let elsewhere: string[];
let stranger: string;
let github: string;

beforeEach(async () => {
  [seen, atGitHub, elsewhere] = [[], [], []];
  stranger = await serve((request, response) => {
    elsewhere.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(200, { "content-type": "application/json" }).end("[]");
  });
  github = await serve((request, response) => {
    atGitHub.push(String(request.headers.authorization));
    seen.push(String(request.url));
    const route = (request.url ?? "").split("/").at(-1)?.split("?")[0];
    const answers: Record<string, () => void> = {
      labels: () => response.writeHead(302, { location: `${stranger}/labels` }).end(),
      // Whoever answers for GitHub may repeat what it was asked with.
      files: () => response.writeHead(422).end(JSON.stringify({ message: "no", errors: ["unprocessable"] })),
      reviews: () => response.writeHead(500).end("<html>"),
      comments: () => {
        const link = request.url?.includes("page=2")
          ? {}
          : { link: `<${stranger}/comments?page=2>; rel="next"` };
        response.writeHead(200, { etag: '"1"', ...link }).end("[]");
      },
      graphql: () => response.writeHead(200).end('{"errors":[{"message":"no"}]}'),
      events: () => request.socket.destroy(),
    };
    (answers[route ?? ""] ?? (() => response.writeHead(403).end('{"message":"Forbidden"}')))();
  });
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.close();
  }
});

const note = (...values: unknown[]) => {
  for (const value of values) {
    const error = value as Error;
    seen.push(
      String(value),
      JSON.stringify(value) ?? "",
      String(error?.stack),
      JSON.stringify(error?.cause) ?? "",
    );
    seen.push(String((error?.cause as Error | undefined)?.stack));
  }
};
const log: Logger = {
  debug: note,
  info: note,
  warn: note,
  error: note,
  child: () => log,
} as Logger;

function watching(shared: Shared): Shared {
  return {
    ...shared,
    put: (key, value, forMs) => {
      seen.push(key, value, Buffer.from(value, "base64").toString("latin1"));
      return shared.put(key, value, forMs);
    },
    swap: (key, before, after, forMs) => {
      seen.push(key, after);
      return shared.swap(key, before, after, forMs);
    },
  };
}

it("is told to GitHub alone", async () => {
  const clock = testClock();
  const metrics = new Registry();
  const { read, write } = connectGitHub({
    ...{ endpoints: [github], graphqlEndpoint: `${github}/graphql`, clock, log, metrics, maxTries: 2 },
    auth: { token: async () => CANARY },
    shared: watching(memoryShared({ clock })),
  });
  const asks: (() => Promise<unknown>)[] = [
    () => read.issueLabels(pr),
    () => read.changedFiles(pr),
    () => read.reviews(pr),
    () => read.issueEvents(pr),
    () => read.repository(tool),
    () => read.graphql("query { viewer { login } }", {}, "acme"),
    () => write.addLabels(pr, ["x"]),
    () => write.createComment(pr, "hello"),
    () =>
      write.createStatus(tool, "abc", { state: "success", context: "c", description: "", target_url: "" }),
    () => read.comments(pr),
  ];
  // One after the other: on a clock that does not wait, nobody can wait for a turn.
  for (const ask of asks) await ask().then(note, note);
  seen.push(await metrics.metrics());
  expect(atGitHub.length).toBeGreaterThan(8);
  expect(new Set(atGitHub)).toEqual(new Set([`Bearer ${CANARY}`]));
  // The redirect is followed, without what is GitHub's; the next page is asked of GitHub itself.
  expect(elsewhere).toHaveLength(1);
  expect(elsewhere[0]).not.toContain("authorization");
  expect([...elsewhere, ...seen].join("\n")).not.toMatch(
    new RegExp(`${CANARY}|${Buffer.from(CANARY).toString("base64")}`),
  );
});

it("passes through ghproxy to GitHub alone", async () => {
  const world = await proxyWorld(
    (request, response) => {
      if (request.url === "/moved") response.writeHead(302, { location: `${stranger}/x` }).end();
      else if (request.url === "/broken") request.socket.destroy();
      else response.writeHead(200, { etag: '"1"' }).end("{}");
    },
    { log },
  );
  for (const path of ["/a", "/a", "/moved", "/broken"]) {
    const response = await world.ask(path, { token: CANARY });
    seen.push(JSON.stringify([...response.headers]), await response.text());
  }
  seen.push(await world.registry.metrics());
  expect(elsewhere).toEqual([]);
  expect(seen.join("\n")).not.toMatch(new RegExp(`${CANARY}|${Buffer.from(CANARY).toString("base64")}`));
  await world.close();
});
