// Follows redirects as GitHub asks (renamed repositories), never carrying the token to a host that is not GitHub's.

const MAX_REDIRECTS = 5;

interface Request {
  method: string;
  headers: Headers;
  body?: string;
  signal: AbortSignal;
}

/** `trusted` are the origins that may see the Authorization header. */
export async function fetchFollowing(
  from: string,
  request: Request,
  trusted: ReadonlySet<string>,
): Promise<Response> {
  let url = from;
  let headers = request.headers;
  for (let hops = 0; ; hops++) {
    const response = await fetch(url, { ...request, headers, redirect: "manual" });
    const location = response.headers.get("location");
    if (!location || !mayFollow(response.status, request.method)) return response;
    await response.body?.cancel();
    if (hops >= MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects from ${from}`);
    const next = new URL(location, url);
    if (next.origin !== new URL(url).origin && !trusted.has(next.origin)) {
      headers = new Headers(headers);
      headers.delete("authorization");
    }
    url = next.href;
  }
}

/** 307 and 308 keep the method; 301 and 302 are followed for reads only. */
function mayFollow(status: number, method: string): boolean {
  if (status === 307 || status === 308) return true;
  return (status === 301 || status === 302) && (method === "GET" || method === "HEAD");
}
