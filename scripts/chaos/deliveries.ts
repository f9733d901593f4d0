// The deliveries of a run as a checker sees them: which were acknowledged, what they told, and in which order.
import type { Recorded } from "../../src/local/github/ledger.ts";

export interface Told {
  guid: string;
  event: string;
  action: string;
  acknowledged: boolean;
  /** Another one of the same pull request was acknowledged before it, and sent after it. */
  late: boolean;
  repo: string;
  pull: number;
  payload: Payload;
}

interface Payload {
  comment?: { id: number; body: string; user: { login: string } };
  issue?: { number: number; state: string; user: { login: string } };
  pull_request?: { number: number; head: { sha: string } };
  repository?: { name: string };
  sender?: { login: string };
}

/** In the order in which they were first sent, each once; those that are about a pull request. */
export function toldOf(ledger: readonly Recorded[]): Told[] {
  const told = new Map<string, Told>();
  for (const entry of ledger) {
    if (entry.kind !== "delivery") continue;
    const known = told.get(entry.guid);
    const acknowledged = entry.status >= 200 && entry.status < 300;
    if (known) {
      if (acknowledged && !known.acknowledged) {
        known.acknowledged = true;
        known.late = true;
      }
      continue;
    }
    const payload = JSON.parse(entry.payload) as Payload;
    const pull = payload.issue?.number ?? payload.pull_request?.number;
    if (pull === undefined || !payload.repository) continue;
    const { guid, event } = entry;
    const action = entry.action ?? "";
    told.set(guid, {
      guid,
      event,
      action,
      acknowledged,
      late: false,
      repo: payload.repository.name,
      pull,
      payload,
    });
  }
  return [...told.values()];
}

export const acknowledgedIn = (ledger: readonly Recorded[]): number =>
  new Set(
    ledger.flatMap((entry) =>
      entry.kind === "delivery" && entry.status >= 200 && entry.status < 300 ? [entry.guid] : [],
    ),
  ).size;
