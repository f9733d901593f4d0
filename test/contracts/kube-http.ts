// A bare client of the Kubernetes API for tests: HTTP and JSON, nothing in between.
import { type IncomingMessage, request as plain } from "node:http";
import { request as secure } from "node:https";

export interface Target {
  url: string;
  token?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export type Body = any;

export interface Response {
  status: number;
  headers: IncomingMessage["headers"];
  body: Body;
  text: string;
}

export interface Ask {
  body?: unknown;
  type?: string;
  accept?: string;
  headers?: Record<string, string>;
}

export interface Watch {
  /** The next event; rejects when the stream ends first. */
  next(): Promise<{ type: string; object: Body }>;
  close(): void;
}

const open = (target: Target, method: string, path: string, ask: Ask = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const data =
      ask.body === undefined
        ? undefined
        : typeof ask.body === "string" || Buffer.isBuffer(ask.body)
          ? ask.body
          : JSON.stringify(ask.body);
    const headers: Record<string, string> = {
      accept: ask.accept ?? "application/json",
      "user-agent": "contract/1.0",
      ...(target.token && { authorization: `Bearer ${target.token}` }),
      ...(data !== undefined && { "content-type": ask.type ?? "application/json" }),
      ...(data !== undefined && { "content-length": String(Buffer.byteLength(data)) }),
      ...ask.headers,
    };
    const send = target.url.startsWith("https:") ? secure : plain;
    const sent = send(
      target.url + path,
      { method, headers, agent: false, rejectUnauthorized: false },
      resolve,
    );
    sent.on("error", reject);
    sent.end(data);
  });

export async function call(target: Target, method: string, path: string, ask?: Ask): Promise<Response> {
  const response = await open(target, method, path, ask);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text.startsWith("{") ? JSON.parse(text) : undefined,
    text,
  };
}

export async function watch(target: Target, path: string, ask?: Ask): Promise<Watch> {
  const response = await open(target, "GET", path, ask);
  const lines = linesOf(response);
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the watch of ${path} ended`);
      return JSON.parse(value);
    },
    close: () => response.destroy(),
  };
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  let rest = "";
  response.setEncoding("utf8");
  for await (const chunk of response) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
