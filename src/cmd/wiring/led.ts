// Of several replicas of a component one acts, the others stand by: who holds the Lease.
import { hash, randomUUID } from "node:crypto";
import { whileLeading } from "../../kube/leader.ts";
import type { Clusters } from "../../kube/port.ts";
import { string } from "../../lib/flags.ts";
import { pulsing } from "../../lib/health.ts";
import type { Surroundings } from "../surroundings.ts";

export const leaseFlag = (initial: string) => ({
  "leader-lease": string(
    initial,
    "Lease in prowjob_namespace that decides which of several replicas acts; empty: this one always does.",
  ),
});

/** For components of which several with different work may run: each such part elects its own leader. */
export function leaseOfPart(component: string, part: object): string {
  const digest = hash("sha256", JSON.stringify(part)).slice(0, 8);
  return `cutwater-${component}-${digest}`;
}

/** Keeps a process from writing what another may be writing by now, since it was stopped for longer than its lease. */
export class Fence {
  holds = (): boolean => true;
  readonly mayWrite = (): void => {
    if (!this.holds())
      throw new Error("not written: this replica does not lead any more, and another may be at it");
  };
}

/** Whoever has lost the lead may need that long to come to an end. */
const LONGEST_TERM_END_MS = 15 * 60_000;

export interface Led {
  /** "" for no election. */
  lease: string;
  /** Stands before every write of `work`. */
  fence?: Fence;
  clusters: Pick<Clusters, "home">;
  /** Prow's own manifests allow this component no leases: then it acts without one, and says so. */
  mayGoWithout?: boolean;
}

/** Runs `work` whenever this process leads, until it is told to stop or `work` ends by itself. */
export async function led(
  { lease: name, clusters, mayGoWithout, fence = new Fence() }: Led,
  { host, log, config, health, signal }: Surroundings,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  if (!name) return void (await work(signal));
  const namespace = config.config().prowjob_namespace;
  let warned = false;
  const unguarded = () => {
    if (warned) return;
    warned = true;
    log.warn(
      { lease: name, namespace },
      "This service account may not use leases: run one replica only, or allow get, create and update of leases in coordination.k8s.io.",
    );
  };
  const pulse = health.pulse(`lease ${name}`, LONGEST_TERM_END_MS);
  const options = {
    kube: clusters.home,
    namespace,
    name,
    identity: `${host.env["HOSTNAME"] || "cutwater"}_${randomUUID()}`,
    clock: pulsing(host.clock, pulse),
    monotonic: () => performance.now(),
    random: host.random,
    log,
    ...(mayGoWithout && { unguarded }),
  };
  const lead = async (term: AbortSignal, holds: () => boolean) => {
    fence.holds = holds;
    await work(term);
  };
  try {
    while (!(await whileLeading(options, signal, lead))) log.info({ lease: name, namespace }, "standing by");
  } finally {
    pulse.stop();
  }
}
