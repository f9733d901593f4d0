// The deliveries of a run as a checker sees them: which were acknowledged, what they told, and in which order.
import { inventedGUID } from "../../src/hook/invented.ts";
import type { DeliveryEntry, Recorded } from "../../src/local/github/ledger.ts";
import { namesOf } from "../../src/model/happening.ts";

export interface Told {
  guid: string;
  event: string;
  action: string;
  acknowledged: boolean;
  /**
   * Numbers in the ledger of the first answer to it and of the last, whatever those were: what had no answer may have been
   * stored all the same. GitHub sends one after another.
   */
  first: number;
  last: number;
  /** GUIDs under which hook works on the same when no webhook has told of it. */
  others: readonly string[];
  repo: string;
  pull: number;
  payload: Payload;
}

interface Payload {
  comment?: { id: number; body: string; user: { login: string } };
  issue?: { number: number; state: string; user: { login: string } };
  pull_request?: { number: number; head: { sha: string } };
  repository?: { name: string; full_name?: string };
  sender?: { login: string };
}

/**
 * In the order in which they were first sent, which is that in which it happened; each once; those that are about a pull
 * request. `invented`: GUIDs of what hook has worked on by itself, nobody knows when.
 */
export function toldOf(ledger: readonly Recorded[], invented: ReadonlySet<string>): Told[] {
  const told = new Map<string, Told>();
  for (const entry of ledger) {
    if (entry.kind !== "delivery") continue;
    const { guid, n, status } = entry;
    const known = told.get(guid) ?? firstTold(entry);
    if (!known) continue;
    const acknowledged = known.acknowledged || (status >= 200 && status < 300);
    const last = known.others.some((other) => invented.has(other)) ? Number.POSITIVE_INFINITY : n;
    told.set(guid, { ...known, acknowledged, last });
  }
  return [...told.values()];
}

function firstTold({
  guid,
  event,
  action,
  n,
  payload: text,
}: DeliveryEntry & { n: number }): Told | undefined {
  const payload = JSON.parse(text) as Payload;
  const pull = payload.issue?.number ?? payload.pull_request?.number;
  if (pull === undefined || !payload.repository) return undefined;
  const names = namesOf(event, { ...payload, action }).filter((name) => !name.startsWith("labels "));
  return {
    ...{ guid, event, action: action ?? "", acknowledged: false, first: n, last: n },
    ...{ others: names.map(inventedGUID), repo: payload.repository.name, pull, payload },
  };
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
