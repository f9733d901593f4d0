// The deliveries of a run as a checker sees them: which were acknowledged, what they told, and in which order.
import type { Recorded } from "../../src/local/github/ledger.ts";

export interface Told {
  guid: string;
  event: string;
  action: string;
  /** Number in the ledger of its last acknowledgement: it may have come several times. */
  acknowledged: number | undefined;
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
    const acknowledged = entry.status >= 200 && entry.status < 300 ? entry.n : undefined;
    if (known) {
      if (acknowledged) known.acknowledged = entry.n;
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
      repo: payload.repository.name,
      pull,
      payload,
    });
  }
  return [...told.values()];
}

/** Counts as the ledger is read: how many were sent, and how many of them were acknowledged in the end. */
export class Deliveries {
  readonly #sent = new Set<string>();
  readonly #acknowledged = new Set<string>();

  read(ledger: readonly Recorded[]): this {
    for (const entry of ledger) {
      if (entry.kind !== "delivery") continue;
      this.#sent.add(entry.guid);
      if (entry.status >= 200 && entry.status < 300) this.#acknowledged.add(entry.guid);
    }
    return this;
  }

  get counts(): { deliveries: number; acknowledged: number } {
    return { deliveries: this.#sent.size, acknowledged: this.#acknowledged.size };
  }

  /** GUIDs. */
  get neverCame(): string[] {
    return [...this.#sent].filter((guid) => !this.#acknowledged.has(guid));
  }
}
