// GitHub's log of the deliveries of a webhook: what it lists, and how it is asked to deliver again.
import { isRecord } from "../lib/schema.ts";
import { nextPage } from "./api.ts";
import type { Reply } from "./ask.ts";
import { GitHubError } from "./error.ts";
import type { DeliveryLog, LoggedDelivery } from "./port.ts";
import type { Identity, Transport } from "./transport.ts";

const PER_PAGE = 100;

/** `path`: of the hook, e.g. `/app/hook`. */
export function deliveryLog(
  send: Transport,
  identity: Identity,
  { name, path }: { name: string; path: string },
): DeliveryLog {
  const ask = async (method: string, below: string): Promise<Reply> => {
    const headers = { accept: "application/vnd.github+json" };
    const response = await send({ method, path: `${path}${below}`, headers, identity });
    if (response.status >= 200 && response.status < 300) return response;
    const text = response.body.toString();
    throw new GitHubError(
      response.status,
      `${method} ${path}${below}: HTTP ${response.status}: ${messageOf(text)}`,
    );
  };
  return {
    name,
    async *pages() {
      for (let cursor: string | undefined = ""; cursor !== undefined; ) {
        const more: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const response = await ask("GET", `/deliveries?per_page=${PER_PAGE}${more}`);
        yield listed(response.body.toString());
        cursor = nextCursor(response.headers.get("link") ?? null);
      }
    },
    async redeliver(id) {
      await ask("POST", `/deliveries/${encodeURIComponent(id)}/attempts`);
    },
  };
}

function messageOf(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    return isRecord(answer) ? String(answer["message"]) : "";
  } catch {
    return text.slice(0, 200);
  }
}

/** Ids may have more digits than a number keeps: they stay as they are written. */
function listed(text: string): LoggedDelivery[] {
  const whole = (key: string, value: unknown, context?: { source?: string }): unknown =>
    key === "id" && typeof value === "number" ? (context?.source ?? value) : value;
  const answer: unknown = JSON.parse(text, whole);
  if (!Array.isArray(answer)) throw new GitHubError(0, "GitHub's log of deliveries is no list");
  return answer.filter(isRecord).map((row) => ({
    id: String(row["id"]),
    guid: String(row["guid"]),
    event: String(row["event"]),
    deliveredAt: String(row["delivered_at"]),
    ok: Number(row["status_code"]) >= 200 && Number(row["status_code"]) < 300,
  }));
}

function nextCursor(link: string | null): string | undefined {
  const next = nextPage(link);
  return next === undefined ? undefined : (new URL(next, "http://x").searchParams.get("cursor") ?? undefined);
}
