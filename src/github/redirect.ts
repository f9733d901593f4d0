// Follows redirects as GitHub asks (renamed repositories), never carrying the token to a host that is not GitHub's.
import type { Ask } from "./ask.ts";

const MAX_REDIRECTS = 5;

/** The Authorization header goes to the origins of these addresses alone. */
export function following(ask: Ask, trusted: readonly string[]): Ask {
  const isTrusted = ({ origin }: URL) => trusted.some((url) => new URL(url).origin === origin);
  return async (from, question) => {
    let url = from;
    let headers = question.headers;
    for (let hops = 0; ; hops++) {
      const reply = await ask(url, { ...question, headers });
      const location = reply.headers.get("location");
      if (!location || !mayFollow(reply.status, question.method)) return reply;
      if (hops >= MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects from ${from}`);
      const next = new URL(location, url);
      if (!isTrusted(next)) {
        const { authorization: _, ...others } = headers;
        headers = others;
      }
      url = next.href;
    }
  };
}

/** 307 and 308 keep the method; 301 and 302 are followed for reads only. */
function mayFollow(status: number, method: string): boolean {
  if (status === 307 || status === 308) return true;
  return (status === 301 || status === 302) && (method === "GET" || method === "HEAD");
}
