// Follows redirects as GitHub asks (renamed repositories), never carrying the token to a host that is not GitHub's.
import type { Ask, Question, Reply } from "./ask.ts";

const MAX_REDIRECTS = 5;

/** `trusted` are the origins that may see the Authorization header. */
export async function askFollowing(
  ask: Ask,
  from: string,
  question: Question,
  trusted: ReadonlySet<string>,
): Promise<Reply> {
  let url = from;
  let headers = question.headers;
  for (let hops = 0; ; hops++) {
    const reply = await ask(url, { ...question, headers });
    const location = reply.headers.get("location");
    if (!location || !mayFollow(reply.status, question.method)) return reply;
    if (hops >= MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects from ${from}`);
    const next = new URL(location, url);
    if (next.origin !== new URL(url).origin && !trusted.has(next.origin)) {
      const { authorization: _, ...others } = headers;
      headers = others;
    }
    url = next.href;
  }
}

/** 307 and 308 keep the method; 301 and 302 are followed for reads only. */
function mayFollow(status: number, method: string): boolean {
  if (status === 307 || status === 308) return true;
  return (status === 301 || status === 302) && (method === "GET" || method === "HEAD");
}
