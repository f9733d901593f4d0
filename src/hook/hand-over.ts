// Deliveries for programs that are not ours: put into a queue of their own before anything else is done with them, and
// handed over from there, so that who is slow or down holds nobody else up and loses nothing.
import { type ExternalPlugin, type PluginsConfig, usualEndpoint } from "../config/plugins-config.ts";
import { GuestError } from "../guests/error.ts";
import type { Guests } from "../guests/port.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import {
  type Delivery,
  decodeDelivery,
  encodeDelivery,
  groupOf,
  payloadOf,
  repoOf,
} from "../model/delivery.ts";
import { type RepoRef, repoKey, repoName } from "../model/github.ts";
import { PermanentError } from "../queue/error.ts";
import type { Queue, QueueItem } from "../queue/port.ts";
import { sendToPlugin, UnreachableError } from "./external.ts";
import { isTransient } from "./failure.ts";
import { isInventedGUID } from "./invented.ts";
import type { HookMetrics } from "./metrics.ts";

type Handle = (item: Pick<QueueItem, "payload">, attempt: number) => Promise<void>;

/** External plugins that run in this process, by name: without an endpoint in plugins.yaml they are meant. */
export type Inside = ReadonlyMap<string, Handle>;

export const insideOf = (inside: Inside | undefined, plugin: ExternalPlugin): Handle | undefined =>
  plugin.endpoint === usualEndpoint(plugin) ? inside?.get(plugin.name ?? "") : undefined;

export interface OutsideDeps {
  plugins: () => PluginsConfig;
  clock: Clock;
  log: Logger;
  metrics: HookMetrics;
  /** Probot apps; without it their deliveries wait for a hook that has them. */
  guests?: Guests;
  inside?: Inside;
}

/** One plugin's copy of a delivery. */
interface Copy {
  name: string;
  /** Which of those of that name, from 0. */
  nth: number;
  delivery: string;
}

/** Copies of one repository for one plugin that are handed over side by side; those of one pull request are in order. */
const LANES = 8;
/** An endpoint that has been gone for longer is sent nothing that is older. */
const GIVE_UP_MS = 3_600_000;

/** Adding a delivery again changes nothing, so a crash in between loses none and doubles none. */
export async function handOver(
  { plugins, queue }: Pick<OutsideDeps, "plugins"> & { queue: Pick<Queue, "add"> },
  delivery: Delivery,
): Promise<void> {
  const payload = payloadOf(delivery);
  const repo = repoOf(payload);
  if (!repo) return;
  const lane = laneOf(groupOf(payload));
  const text = encodeDelivery(delivery);
  const all = plugins().external(repo);
  const items = all.flatMap((plugin, at): QueueItem[] => {
    const { name = "" } = plugin;
    if (!wants(plugin, delivery.event, repo)) return [];
    const nth = all.slice(0, at).filter((other) => (other.name ?? "") === name).length;
    const copy: Copy = { name, nth, delivery: text };
    const known = `${delivery.guid} for ${name}${nth ? ` ${nth}` : ""}`;
    return [
      {
        // A GUID alone is anybody's who has some secret: no signature covers it, and those we make up can be reckoned out.
        id: `${known} of ${repoKey(repo)}`,
        // Hooks before 2026-12 put it there under this name, and are done with it under that: it is no second copy then.
        // Not one that is made up, since anybody may have been there first: tried again across that upgrade, it comes twice.
        ...(!isInventedGUID(delivery.guid) && { also: [known] }),
        group: `${name} ${repoName(repo)} ${lane}`,
        payload: JSON.stringify(copy),
      },
    ];
  });
  await Promise.all(items.map((item) => queue.add(item)));
}

/** An event of an organisation is in Prow no endpoint's; Probot apps know such events. */
const wants = ({ events, probot }: ExternalPlugin, event: string, { repo }: RepoRef): boolean =>
  (!events?.length || events.includes(event)) && (repo !== "" || Boolean(probot));

function laneOf(group: string): number {
  let sum = 0;
  for (const character of group) sum = (sum * 31 + character.codePointAt(0)!) % 1_000_003;
  return sum % LANES;
}

/** Handles an item of that queue. */
export function outside(deps: OutsideDeps): Handle {
  return async ({ payload }, attempt) => {
    const { name, nth, delivery: text } = JSON.parse(payload) as Copy;
    const delivery = decodeDelivery(text);
    const repo = repoOf(payloadOf(delivery));
    const named = repo
      ? deps
          .plugins()
          .external(repo)
          .filter((plugin) => (plugin.name ?? "") === name)
      : [];
    const plugin = named[nth];
    const log = deps.log.child({ "external-plugin": name, "event-GUID": delivery.guid });
    // It has been taken out of plugins.yaml meanwhile.
    if (!plugin || !repo) return;
    if (plugin.probot)
      await welcome(deps, { ...plugin, probot: plugin.probot }, { delivery, repo, attempt, log });
    else {
      const handle = insideOf(deps.inside, plugin);
      await (handle ? handle({ payload: text }, attempt) : send(deps, plugin.endpoint ?? "", delivery, log));
    }
  };
}

/** As in Prow its failures are logged and nothing more, but one that is started anew misses nothing. */
async function send(
  { clock }: OutsideDeps,
  endpoint: string,
  delivery: Delivery,
  log: Logger,
): Promise<void> {
  try {
    await sendToPlugin(endpoint, delivery, clock);
    log.info({}, "Dispatched event to external plugin");
  } catch (error) {
    log.error({ error }, "Error dispatching event to external plugin.");
    const age = clock.now().getTime() - Date.parse(delivery.receivedAt);
    if (error instanceof UnreachableError && age < GIVE_UP_MS) throw error;
  }
}

interface Visit {
  delivery: Delivery;
  repo: RepoRef;
  attempt: number;
  log: Logger;
}

async function welcome(
  { guests, clock, metrics }: OutsideDeps,
  { name = "", probot, env }: ExternalPlugin & { probot: string },
  { delivery, repo, attempt, log }: Visit,
): Promise<void> {
  if (!guests) throw new Error("this hook runs no Probot apps");
  const { event, body, guid } = delivery;
  const { action } = payloadOf(delivery);
  const labels = {
    event_type: metrics.label.event(event),
    action: typeof action === "string" ? metrics.label.action(action) : "none",
    plugin: name,
    took_action: "false",
  };
  const started = clock.now().getTime();
  try {
    await guests.receive({ name, probot, ...(env && { env }) }, { event, body, guid }, repo);
  } catch (error) {
    metrics.pluginErrors.inc(labels);
    log.error({ error, repo: repoName(repo) }, `The Probot app failed at ${event}: ${errorText(error)}`);
    if (mayPass(error, attempt)) throw error;
    throw new PermanentError(`${name}: ${errorText(error)}`, { cause: error });
  } finally {
    metrics.pluginSeconds.observe(labels, (clock.now().getTime() - started) / 1000);
  }
}

const mayPass = (error: unknown, attempt: number): boolean =>
  error instanceof GuestError ? error.failure !== "hopeless" : isTransient(error, attempt);
