// A server that answers from a list and keeps what it was asked.
import { httpServer } from "../lib/http-server.ts";

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: string;
}

export interface Asked {
  method?: string;
  path?: string;
  headers: Record<string, unknown>;
  body: string;
}

/** The last answer is given again and again. */
export async function answering(answers: Answer[]) {
  const asked: Asked[] = [];
  const server = await httpServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const { method, url, headers } = request;
    const { status = 200, headers: own, body: said } = answers[Math.min(asked.length, answers.length - 1)]!;
    asked.push({ ...(method && { method }), ...(url && { path: url }), headers, body });
    response.writeHead(status, { "content-type": "application/json", ...own }).end(said);
  });
  const { port } = server;
  return { asked, host: `127.0.0.1:${port}`, close: () => server.close() };
}
