// Requests of programs that are not ours, carried as they are: our authority and limits, their method, path and body.
import type { RepoRef } from "../model/github.ts";
import type { GitHubRelay } from "./port.ts";
import type { Identity, Transport } from "./transport.ts";

/** What a program may say itself; who it is and what is cached is for us to say. */
const TAKEN = new Set(["accept", "content-type", "x-github-api-version", "x-github-delivery"]);
/** An answer comes decoded and whole, whatever it was on the way. */
const DROPPED = new Set([
  "content-encoding",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
]);

/** `token` is left out where authority cannot be narrowed. */
export function relay(
  transport: Transport,
  identity: (repo: RepoRef) => Identity,
  token?: (repo: RepoRef) => Promise<string>,
): GitHubRelay {
  return {
    narrows: token !== undefined,
    token: async (repo) => token?.(repo),
    async send(repo, { method, path, headers, body }) {
      const response = await transport({
        method,
        path,
        headers: taken(headers),
        ...(body !== undefined && { body }),
        identity: identity(repo),
      });
      return {
        status: response.status,
        headers: Object.fromEntries([...response.headers].filter(([name]) => !DROPPED.has(name))),
        body: response.body,
      };
    },
  };
}

const taken = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]): [string, string] => [name.toLowerCase(), value])
      .filter(([name]) => TAKEN.has(name)),
  );
