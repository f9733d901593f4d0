// An answer to a person.
import type { ServerResponse } from "node:http";

export function plainText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
