// Stands before the API: lets its bad days happen, holds clients to the secondary limits, and writes the ledger.
import { authenticate } from "./authenticate.ts";
import type { Entry, WriteEntry } from "./ledger.ts";
import { Refusals } from "./refusals.ts";
import { SecondaryLimits } from "./secondary-limits.ts";
import { uuid, type World } from "./world.ts";

/** `cut` breaks the connection that the request came on. */
export type Watched = (
  request: Request,
  cut: () => void,
  answer: (request: Request) => Promise<Response>,
) => Promise<Response>;

interface Asked {
  who: string;
  method: string;
  path: string;
  write: boolean;
  body: unknown;
}

export function watched(world: World): Watched {
  const { ledger, faults, clock } = world;
  const limits = new SecondaryLimits(clock);
  const refusals = new Refusals(clock);
  const note = (entry: Entry) => ledger.note(clock.now(), entry);

  function refused({ who, method, path }: Asked): Response | undefined {
    if (refusals.isTooSoon(who))
      note({ kind: "breach", who, limit: "asked again within a refusal", method, path });
    const begins = refusals.mayBegin(who) && faults.refuses(who);
    if (!begins && !refusals.isUnderWay(who)) return undefined;
    const { way, seconds } = refusals.give(who);
    note({ kind: "refusal", who, status: way.status, method, path });
    return slowDown(world, way.status, way.header ? seconds : undefined);
  }

  async function unlessOverstepped(asked: Asked, answer: () => Promise<Response>): Promise<Response> {
    const { who, method, path } = asked;
    // What git asks is not the API's.
    if (!faults.settings.secondary_limits || !faults.concerns(who) || isGit(path)) return answer();
    const over = limits.enter(asked);
    if (over) {
      note({ kind: "breach", who, limit: over.limit, method, path });
      return slowDown(world, 403, over.waitS);
    }
    try {
      const response = refused(asked) ?? (await answer());
      if (response.status === 403 && response.headers.get("x-ratelimit-remaining") === "0")
        note({ kind: "breach", who, limit: "requests an hour", method, path });
      return response;
    } finally {
      limits.leave(asked.who);
    }
  }

  return async (request, cut, answer) => {
    if (!ledger.on) return answer(request);
    const asked = await understand(world, request);
    const fate = faults.fate(asked.who, asked.write);
    const { latency_ms } = faults.settings;
    if (latency_ms > 0 && faults.concerns(asked.who)) await clock.sleep(latency_ms);
    if (fate === "outage" || fate === "error") return unwell(world, fate === "outage" ? 503 : 502);
    const response = await unlessOverstepped(asked, () => answer(request));
    if (asked.write) note(await written(asked, response, fate === "lost"));
    if (fate === "lost") cut();
    return response;
  };
}

const isGit = (path: string): boolean => /\/(info\/refs|git-upload-pack|git-receive-pack)$/.test(path);

async function understand(world: World, request: Request): Promise<Asked> {
  const { method, url, headers } = request;
  const path = new URL(url).pathname;
  const base = { who: whoIs(world, headers.get("authorization") ?? undefined), method, path };
  if (method === "GET" || method === "HEAD") return { ...base, write: false, body: null };
  if (path.endsWith("/git-upload-pack")) return { ...base, write: false, body: null };
  if (path.endsWith("/git-receive-pack")) return { ...base, write: true, body: null };
  const body = parsed(await request.clone().text());
  const query = /\/graphql$/.test(path) ? (body as { query?: unknown } | null)?.query : undefined;
  return { ...base, write: query === undefined || /^\s*mutation\b/.test(String(query)), body };
}

function whoIs(world: World, authorization: string | undefined): string {
  try {
    const { account, app } = authenticate(world, authorization, "local");
    if (app !== undefined) return `app/${world.store.apps.get(String(app))?.slug ?? app}`;
    return account?.login ?? "";
  } catch {
    return "";
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function written(asked: Asked, response: Response, lost: boolean): Promise<WriteEntry> {
  const { who, method, path, body } = asked;
  const request = response.headers.get("x-github-request-id") ?? "";
  const made = response.status === 201 ? parsed(await response.clone().text()) : null;
  const id = Number((made as { id?: unknown } | null)?.id ?? Number.NaN);
  const { status } = response;
  return { kind: "write", request, who, method, path, body, status, id: Number.isNaN(id) ? null : id, lost };
}

const unwell = (world: World, status: number): Response =>
  new Response("<html><body>Unicorn! This page is taking too long to load.</body></html>", {
    status,
    headers: { "content-type": "text/html", "x-github-request-id": uuid(world).toUpperCase() },
  });

/** `seconds`: undefined for words alone. */
const slowDown = (world: World, status: number, seconds: number | undefined): Response =>
  Response.json(
    {
      message:
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.",
      documentation_url:
        "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
    },
    {
      status,
      headers: {
        ...(seconds !== undefined && { "retry-after": String(seconds) }),
        "x-github-request-id": uuid(world).toUpperCase(),
      },
    },
  );
