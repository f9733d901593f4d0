// Stands before several hooks that have a queue in a file each: all deliveries about a repository go to the same of them.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

/** Repositories are numbered. */
export const hookOf = (repo: string, hooks: number): number => Number(/\d+$/.exec(repo)?.[0] ?? 0) % hooks;

export interface Divider {
  close(): void;
}

export async function divideByRepository(port: number, hooks: readonly number[]): Promise<Divider> {
  const server = createServer((request, response) => void pass(request, response, hooks));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  hooks: readonly number[],
): Promise<void> {
  try {
    const body = await buffer(request);
    const { repository } = JSON.parse(body.toString("utf8")) as { repository?: { name?: string } };
    const hook = hooks[hookOf(repository?.name ?? "", hooks.length)]!;
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      name.startsWith("x-") || name === "content-type" ? [[name, String(value)]] : [],
    );
    const answer = await fetch(`http://127.0.0.1:${hook}${request.url}`, { method: "POST", headers, body });
    response.writeHead(answer.status).end(await answer.text());
  } catch {
    response.destroy();
  }
}
