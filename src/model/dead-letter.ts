// What people are shown of a delivery that failed too often: what it was about and why, not what was in it.
import { isRecord } from "../lib/schema.ts";
import { decodeDelivery, parseBody, repoOf } from "./delivery.ts";
import { issueName, type RepoRef, repoName } from "./github.ts";

/** As the queue has it. */
export interface FailedItem {
  id: string;
  payload: string;
  error: string;
  attempts: number;
  failedAt: string;
}

export interface DeadLetterView {
  queue: string;
  id: string;
  guid: string;
  event: string;
  action: string;
  /** Absent for an event of an organisation, or when the payload makes no sense. */
  repo?: RepoRef;
  number?: number;
  /** Of the pull request or issue on GitHub. */
  url?: string;
  /** Who failed: plugins of ours stand in the error, with what each has to say. */
  plugin?: string;
  error: string;
  attempts: number;
  receivedAt: string;
  failedAt: string;
}

const text = (holder: unknown, key: string): string | undefined => {
  const value = isRecord(holder) ? holder[key] : undefined;
  return typeof value === "string" ? value : undefined;
};

/** `org/repo#7`, `org/repo` or `org`; undefined when nobody knows. */
export function aboutLetter({ repo, number }: Pick<DeadLetterView, "repo" | "number">): string | undefined {
  if (!repo?.repo) return repo?.org;
  return number === undefined ? repoName(repo) : issueName({ ...repo, number });
}

/** Never throws: one that cannot be read is shown as far as it can. */
export function deadLetterView(
  queue: string,
  { id, payload, error, attempts, failedAt }: FailedItem,
): DeadLetterView {
  const bare = { queue, id, guid: id, event: "", action: "", error, attempts, receivedAt: "", failedAt };
  try {
    const copy = copyOf(payload);
    const plugin = text(copy, "name");
    const { guid, event, body, receivedAt } = decodeDelivery(text(copy, "delivery") ?? payload);
    const told = { ...bare, guid, event, receivedAt, ...(plugin !== undefined && { plugin }) };
    return { ...told, ...subject(body) };
  } catch {
    return bare;
  }
}

/** What waits for a program of somebody else's is a copy with its name, all of it JSON; a delivery has its body below. */
function copyOf(payload: string): Record<string, unknown> | undefined {
  try {
    return parseBody(payload);
  } catch {
    return undefined;
  }
}

function subject(body: string): Partial<DeadLetterView> {
  let payload: Record<string, unknown>;
  try {
    payload = parseBody(body);
  } catch {
    return {};
  }
  const repo = repoOf(payload);
  const holder = payload["pull_request"] ?? payload["issue"];
  const number = isRecord(holder) ? holder["number"] : undefined;
  const url = text(holder, "html_url") ?? text(payload["repository"], "html_url");
  return {
    action: text(payload, "action") ?? "",
    ...(repo && { repo }),
    ...(typeof number === "number" && { number }),
    ...(url !== undefined && { url }),
  };
}
