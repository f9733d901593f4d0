// What a request needs of GitHub's budgets, and how much it matters.
import { mayMutate } from "../../lib/graphql-mutation.ts";

/** Lower ones go first when the budget is short. */
export const IMPORTANCE = { verdict: 0, read: 1, write: 2, scan: 3 } as const;

export interface Need {
  /** Budgets of an hour are counted apart for these (x-ratelimit-resource). */
  resource: string;
  importance: number;
  /** Of those that GitHub counts by the minute, apart for REST and GraphQL. */
  points: number;
  /** Creates something that people are notified of: GitHub wants few of those. */
  content: boolean;
}

export interface Asked {
  method: string;
  path: string;
  body?: string | undefined;
  scan?: boolean;
  /** What is read is read for a verdict. */
  verdict?: boolean;
}

export function resourceOf(path: string): string {
  if (path.startsWith("/search/")) return "search";
  return path === "/graphql" ? "graphql" : "core";
}

const READS = new Set(["GET", "HEAD", "OPTIONS"]);
/** What merging waits for, and merging itself. */
const VERDICT = /\/statuses\/[^/]+$|\/check-runs(?:\/\d+)?$|\/merge$|\/access_tokens$/;
/** Writes that nobody is notified of. */
const SILENT =
  /\/labels(?:\/[^/]+)?$|\/git\/refs\/|\/reactions$|\/access_tokens$|\/deliveries\/\d+\/attempts$/;

export function needOf({ method, path, body, scan = false, verdict = false }: Asked): Need {
  const resource = resourceOf(path);
  const isRead = resource === "graphql" ? !mayMutate(body ?? "") : READS.has(method);
  const route = path.split("?", 1)[0]!;
  const isVerdict = !isRead && VERDICT.test(route);
  const importance = isVerdict || (verdict && isRead) ? "verdict" : scan ? "scan" : isRead ? "read" : "write";
  return {
    resource,
    importance: IMPORTANCE[importance],
    points: isRead ? 1 : 5,
    // A merge notifies, too, but it may be what everybody waits for: it counts, and goes first. What goes tells nobody.
    content:
      !isRead && method !== "DELETE" && !SILENT.test(route) && !(isVerdict && !route.endsWith("/merge")),
  };
}
