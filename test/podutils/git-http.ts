// Git over HTTP by git's own http-backend, for clones with credentials; and what of GitHub's API an App asks for its token.
import { execFileSync, spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { httpServer } from "../lib/http-server.ts";

export interface GitHTTP {
  url: string;
  /** Authorization and cookies, as they came. */
  seen: { path: string; authorization: string; cookie: string }[];
  stop(): void;
}

interface Door {
  /** Directory of the repositories. */
  root: string;
  /** Whether a request may pass; the rest is answered 401. */
  mayPass(request: IncomingMessage): boolean;
  /** Answers paths that are not git's, with JSON. */
  api?(request: IncomingMessage): object | undefined;
}

const backend = join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-http-backend");

export async function gitHTTP({ root, mayPass, api }: Door): Promise<GitHTTP> {
  const seen: GitHTTP["seen"] = [];
  const server = await httpServer((request, response) => {
    const { authorization = "", cookie = "" } = request.headers;
    seen.push({ path: request.url ?? "", authorization, cookie });
    const answer = api?.(request);
    if (answer) {
      request.resume();
      const status = request.method === "POST" ? 201 : 200;
      return response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    }
    if (mayPass(request)) return void serve(root, request, response);
    request.resume();
    return response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
  });
  return { url: server.url, seen, stop: () => void server.close() };
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://git");
  const child = spawn(backend, [], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
    },
  });
  request.pipe(child.stdin);
  child.stdin.once("error", () => {});
  const all = await buffer(child.stdout);
  const end = all.indexOf("\r\n\r\n");
  const lines = all.subarray(0, end).toString().split("\r\n");
  const headers = lines.map((line) => line.split(/: (.*)/s, 2) as [string, string]);
  const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
  response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers));
  response.end(all.subarray(end + 4));
}
