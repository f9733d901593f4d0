// Works on one delivery from the queue: each enabled plugin on each event it is for, failing alone, its effects applied.
import type { Config } from "../config/config.ts";
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { Apply } from "../effects/apply.ts";
import { printEffect } from "../effects/print.ts";
import type { MergedTexts } from "../git/port.ts";
import { budgetUntil } from "../github/error.ts";
import type { GitHubRead } from "../github/port.ts";
import { centralJobs, type RepoJobs } from "../jobs/repo-jobs.ts";
import { lookingAgain } from "../kube/error.ts";
import type { KubeRead } from "../kube/port.ts";
import { because, type Cause, currentCause, within } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { inSpan } from "../lib/in-span.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import type { Logger } from "../lib/logger.ts";
import { inRounds } from "../lib/waiting/in-rounds.ts";
import { type Delivery, decodeDelivery, payloadOf, repoOf } from "../model/delivery.ts";
import type { Event } from "../model/event.ts";
import { type RepoRef, repoKey, repoName } from "../model/github.ts";
import { MalformedError } from "../model/github-decode.ts";
import { isOwnMessage } from "../model/reply.ts";
import type { Context, Plugin } from "../plugins/plugin.ts";
import { PermanentError, PostponedError } from "../queue/error.ts";
import type { Queue, QueueItem } from "../queue/port.ts";
import { type Entry, forgetful, type RecordWrite } from "../record/port.ts";
import { isTransient } from "./failure.ts";
import { handOver } from "./hand-over.ts";
import type { HookMetrics } from "./metrics.ts";
import { normalise } from "./normalise.ts";
import { causeOf, eventEntry } from "./told-event.ts";

export interface DispatchDeps {
  /** All plugins there are. */
  all: readonly Plugin[];
  config: () => Config;
  plugins: () => PluginsConfig;
  /** A fresh memoised view of GitHub, for one delivery. */
  reader: () => GitHubRead;
  kube: KubeRead;
  /** Default: the central configuration alone. */
  jobs?: RepoJobs;
  /** Default: none, and a plugin that needs one fails. */
  merged?: MergedTexts;
  apply: Apply;
  clock: Clock;
  random: () => number;
  web: typeof fetch;
  localFile: (path: string) => Promise<string>;
  log: Logger;
  /** Of events and decisions; default: none. */
  record?: RecordWrite;
  metrics: HookMetrics;
  /** Deliveries for external plugins and Probot apps wait there; without it there are none. */
  outside?: Pick<Queue, "add">;
  /** `--github-enabled-org` and its like; default: every repository. */
  repoEnabled?: (repo: RepoRef) => boolean;
  /** Names of the plugins that act there; default: those that plugins.yaml enables. */
  enabled?: (repo: RepoRef) => readonly string[];
}

/**
 * Handles a queue item; rejects with what failed: PermanentError when another attempt is useless, PostponedError when
 * nothing is wrong but that GitHub's budget is used up.
 */
export type Dispatch = (item: Pick<QueueItem, "payload">, attempt: number) => Promise<void>;

/** One plugin's turn at one event of a delivery. */
interface Turn {
  key: string;
  plugin: Plugin;
  event: Event;
}

/** So many deliveries that wait for another attempt are remembered; of others every plugin has its turn again. */
const RETRIED_AT_MOST = 10_000;

export function dispatcher(deps: DispatchDeps): Dispatch {
  // What succeeded of a delivery that is to be tried again. Lost with the process, which is safe: effects are idempotent.
  // Bounded, since of one that becomes a dead letter in the end nobody tells.
  const finished = boundedMap<Set<string>>(RETRIED_AT_MOST, Number.POSITIVE_INFINITY);

  return async ({ payload }, attempt) => {
    const delivery = accept(() => decodeDelivery(payload));
    const repo = accept(() => repoOf(payloadOf(delivery)));
    // First, and whether or not we make sense of it: others may know an event that we do not.
    if (deps.outside && repo && isEnabled(deps, repo))
      await handOver({ plugins: deps.plugins, queue: deps.outside }, delivery);
    const events = accept(() => normalise(delivery));
    // Whoever has the secret of one repository may have used another's GUID: no signature covers it.
    const own = `${delivery.guid} ${repo ? repoKey(repo) : ""}`;
    const done = finished.get(own) ?? new Set<string>();
    const todo = turns(deps, events).filter(({ key }) => !done.has(key));
    const cause = causeOf(delivery, events);
    const failures = await because(cause, () =>
      traced(delivery, attempt, () => recordedTurns(deps, delivery, { events, todo, done, cause, attempt })),
    );
    if (failures.length === 0) {
      finished.delete(own);
      return;
    }
    const names = failures.map(({ name, error }) => `${name}: ${(error as Error).message}`).join("; ");
    const errors = failures.map(({ error }) => error);
    const passing = errors.filter((error) => isTransient(error, attempt));
    if (passing.length > 0) {
      finished.set(own, done, 0);
      const until = budgetUntil(passing);
      if (until !== undefined) throw new PostponedError(names, until, { cause: errors[0] });
      throw new AggregateError(errors, names);
    }
    finished.delete(own);
    throw new PermanentError(names, { cause: errors[0] });
  };
}

/** A payload that makes no sense now makes none later. */
function accept<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError) throw new PermanentError(`malformed payload: ${error.message}`);
    throw error;
  }
}

const isEnabled = ({ repoEnabled }: DispatchDeps, repo: RepoRef): boolean => repoEnabled?.(repo) ?? true;

function turns(deps: DispatchDeps, events: Event[]): Turn[] {
  return events.flatMap((event, index) => {
    if (!isEnabled(deps, event.repo)) return [];
    const enabled = new Set(deps.enabled?.(event.repo) ?? deps.plugins().enabled(event.repo));
    return deps.all
      .filter((plugin) => enabled.has(plugin.name) && plugin.on.includes(event.kind))
      .map((plugin) => ({ key: `${plugin.name} ${index}`, plugin, event }));
  });
}

/** Every attempt at a delivery is in the trace of its GUID, and begins with its wait in the queue. */
function traced<T>(delivery: Delivery, attempt: number, act: () => Promise<T>): Promise<T> {
  const { guid, event } = delivery;
  const at = Date.parse(delivery.receivedAt) || undefined;
  const { actor, org, repo, pr } = currentCause();
  const attributes = { "event-GUID": guid, "event-type": event, attempt, actor, org, repo, pr };
  return inSpan({ name: `delivery ${event}`, kind: "consumer", seed: guid, at, attributes }, async () => {
    await inSpan({ name: "wait in the queue", at }, async () => {});
    return act();
  });
}

interface Turns {
  events: Event[];
  todo: Turn[];
  done: Set<string>;
  cause: Cause;
  attempt: number;
}

/** What came, and in one entry which plugins had nothing to do about it. */
async function recordedTurns(
  deps: DispatchDeps,
  delivery: Delivery,
  { events, todo, done, cause, attempt }: Turns,
) {
  const { clock, record = forgetful } = deps;
  const told = eventEntry(delivery, events, cause, clock.now());
  record.append(attempt > 1 ? { ...told, attempt } : told);
  const idle = new Set(todo.map(({ plugin }) => plugin.name));
  const decided = (name: string, what: Pick<Entry, "what" | "error">) => {
    idle.delete(name);
    record.append({ ...told, ...what, at: clock.now().toISOString(), kind: "decision", plugin: name });
  };
  const failures = await takeTurns(deps, delivery, { todo, done, decided });
  if (idle.size > 0)
    record.append({
      ...{ ...told, at: clock.now().toISOString(), kind: "pass" },
      what: `nothing to do for ${[...idle].sort().join(", ")}`,
    });
  return failures;
}

/** Each plugin looks for its commands in all of a text: with a long one, what else there is to do comes in between. */
const LONG_BODY = 50_000;

/** Plugins side by side, the events of one plugin in order. */
async function takeTurns(
  deps: DispatchDeps,
  delivery: Delivery,
  { todo, done, decided }: Pick<Turns, "todo" | "done"> & { decided: Decided },
) {
  if (todo.length === 0) return [];
  const read = deps.reader();
  const byPlugin = Map.groupBy(todo, ({ plugin }) => plugin.name);
  const begin = delivery.body.length > LONG_BODY ? inRounds(1) : async () => {};
  const outcomes = [...byPlugin].map(async ([name, own]) => {
    await begin();
    for (const turn of own) {
      try {
        // Of what plank, for example, has changed meanwhile it decides anew.
        await lookingAgain(() =>
          within({ plugin: name }, () =>
            inSpan({ name: `plugin ${name}`, attributes: { plugin: name } }, () =>
              takeTurn(deps, delivery, turn, { read, decided }),
            ),
          ),
        );
        done.add(turn.key);
      } catch (error) {
        return [{ name, error }];
      }
    }
    return [];
  });
  return (await Promise.all(outcomes)).flat();
}

type Decided = (plugin: string, what: Pick<Entry, "what" | "error">) => void;

async function takeTurn(
  deps: DispatchDeps,
  delivery: Delivery,
  { plugin, event }: Turn,
  { read, decided }: { read: GitHubRead; decided: Decided },
) {
  const { clock, metrics } = deps;
  const log = deps.log.child({
    plugin: plugin.name,
    "event-GUID": delivery.guid,
    "event-type": delivery.event,
    ...event.repo,
    ...numberOf(event),
  });
  const labels = {
    event_type: metrics.label.event(delivery.event),
    action: "action" in event ? metrics.label.action(event.action) : "none",
    plugin: plugin.name,
    took_action: "false",
  };
  const started = clock.now().getTime();
  try {
    const bot = await read.botLogin();
    if (event.kind === "comment" && isOwnMessage(bot, event.author.login, event.body)) return;
    const context: Context = {
      config: deps.config(),
      plugins: deps.plugins(),
      read,
      again: deps.reader,
      kube: deps.kube,
      jobs: deps.jobs ?? centralJobs,
      merged: deps.merged ?? noMerges,
      bot,
      clock,
      random: deps.random,
      web: deps.web,
      localFile: deps.localFile,
      log,
    };
    const effects = await plugin.handle(event, context);
    if (effects.length === 0) return;
    labels.took_action = "true";
    const told = effects.map(printEffect);
    log.info({ effects: told }, "Plugin acts.");
    decided(plugin.name, { what: told.join("; ") });
    await deps.apply(effects);
  } catch (error) {
    if (budgetUntil([error]) !== undefined) {
      log.warn({ error: errorText(error) }, "Waits for GitHub's budget.");
      throw error;
    }
    metrics.pluginErrors.inc(labels);
    if (labels.took_action === "false")
      decided(plugin.name, { what: "could not decide", error: errorText(error) });
    log.error({ error }, `Error handling ${delivery.event}: ${(error as Error).message}`);
    throw error;
  } finally {
    metrics.pluginSeconds.observe(labels, (clock.now().getTime() - started) / 1000);
  }
}

const noMerges: MergedTexts = async (repo) => {
  throw new Error(`files of a merge in ${repoName(repo)} can not be read: there is no git here`);
};

function numberOf(event: Event): { pr?: number } {
  if ("number" in event) return { pr: event.number };
  return "pr" in event ? { pr: event.pr.number } : {};
}
