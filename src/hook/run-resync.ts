// Compares open pull requests with what webhooks have told, soon after the start and every quarter of an hour: see docs/decisions.
import { mayPass } from "../github/error.ts";
import type { GitHubRead, GitHubRelay } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { type BoundedMap, boundedMap } from "../lib/kept/bounded-map.ts";
import type { Logger } from "../lib/logger.ts";
import { issueName, type RepoRef, repoName } from "../model/github.ts";
import type { Queue } from "../queue/port.ts";
import type { Secrets } from "./hmac.ts";
import { inventedGUID, inventedItem } from "./invented.ts";
import type { Marks } from "./mark-store.ts";
import {
  isWithin,
  type Lost,
  type Mark,
  resyncedMark,
  type Span,
  SWEEP_MS,
  toldUntil,
} from "./memory-mark.ts";
import { openPulls } from "./open-pulls.ts";
import { type Happening, happenings } from "./resync.ts";

export interface ResyncDeps {
  read: Pick<GitHubRead, "graphql" | "botLogin" | "branchMoves">;
  relay: Pick<GitHubRelay, "send">;
  queue: Pick<Queue, "add" | "remembered" | "state" | "turn">;
  /** What is known outside of the queue of times whose memory it has lost, and of webhooks that are still to come. */
  marks: Marks;
  /** Orgs (with an empty `repo`) and repositories that plugins act on. */
  places: () => readonly RepoRef[];
  acts: (repo: RepoRef) => boolean;
  secrets: () => Promise<Secrets>;
  clock: Clock;
  random: () => number;
  log: Logger;
  periodMs: number;
}

/** A webhook may still be under way, and the sweep of the log comes first. */
const GRACE_MS = 5 * 60_000;
/** GitHub's search lags. */
const OVERLAP_MS = 30 * 60_000;
/** Shorter than the queue remembers what it was told. */
const OLDEST_MS = 3 * 24 * 3_600_000;
const MISSED = 3;
/** So many happenings of a round may wait for the next one, since GitHub does not show them. */
const MOST_FAILED = 10;
/** Heads that are remembered as old; one that is forgotten is asked about again. */
const MOST_OLD = 50_000;

/** Runs until `signal` aborts. Of several replicas one has the turn. */
export async function runResync(deps: ResyncDeps, signal: AbortSignal): Promise<void> {
  const { clock, log, periodMs, queue, random } = deps;
  const owner = `${random()}`;
  const old: Old = boundedMap(MOST_OLD);
  let good: number | undefined;
  const started = clock.now().getTime();
  // After an outage the sweep has webhooks come that tell what was then; all that is seen here is what is now.
  await clock.sleep(Math.min(GRACE_MS, periodMs), signal);
  while (!signal.aborted) {
    const began = clock.now().getTime();
    try {
      if (await queue.turn("resync", owner, MISSED * periodMs)) {
        good = await resync(deps, { now: began, started, good, old, signal });
      }
    } catch (error) {
      log.warn(
        { error },
        `open pull requests can not be compared with what webhooks told: ${errorText(error)}`,
      );
    }
    await clock.sleep(periodMs, signal);
  }
}

/** When heads came that were of no time to compare: only when theirs is, as one that was lost, are they asked about again. */
type Old = BoundedMap<number>;

interface Round {
  now: number;
  /** When this process began to look: before, nobody may have swept. */
  started: number;
  /** Until when the last one that went well has compared. */
  good: number | undefined;
  old: Old;
  signal: AbortSignal;
}

/** Resolves with until when it has compared. */
async function resync(deps: ResyncDeps, { now, started, good, old, signal }: Round): Promise<number> {
  // Of what was before its memory the queue can not say whether it was handled: that counts as handled, but for times
  // of which is known that it forgot them.
  const oldest = now - OLDEST_MS;
  const mark = await markOf(deps);
  // Webhooks come first, since they make no job twice and tell what was then.
  const told = mark ? toldUntil(mark, now) : Number.POSITIVE_INFINITY;
  const isTheirTurn = ({ swept, to }: Lost) =>
    to <= told && (swept || Math.max(to, started) < now - SWEEP_MS);
  const lost = (mark?.lost ?? []).filter(isTheirTurn);
  const until = Math.min(now - GRACE_MS, told);
  const since = { from: Date.parse((await deps.queue.state()).since), to: until };
  const spans = [...lost, since].flatMap(({ from, to }) =>
    to > Math.max(from, oldest) ? [{ from: Math.max(from, oldest), to }] : [],
  );
  if (spans.length === 0) return until;
  const updated = Math.min(
    Math.max(since.from, oldest, (good ?? 0) - OVERLAP_MS),
    ...lost.map(({ from }) => Math.max(from, oldest)),
  );
  const bot = await deps.read.botLogin();
  let failed = 0;
  for await (const pulls of openPulls(deps.read, deps.places(), updated)) {
    if (signal.aborted) return good ?? 0;
    const all = pulls
      .filter(({ repo }) => deps.acts(repo))
      .flatMap((pull) => happenings(pull, { spans, bot }));
    const known = await deps.queue.remembered(all.flatMap(namesOf));
    const untold = all.filter(
      (one) => !namesOf(one).some((name) => known.has(name)) && !isOld(old.get(one.name), spans),
    );
    const opened = new Set(untold.filter(({ what }) => what === "opened").map(numbered));
    for (const happening of untold) {
      // The opening tells of the head that is there.
      if (happening.what === "head" && opened.has(numbered(happening))) continue;
      try {
        if (happening.what !== "head" || (await isNewHead(deps, happening, { spans, old })))
          await make(deps, happening);
      } catch (error) {
        // One that GitHub can not show keeps no other waiting; with more of them all of GitHub is in trouble.
        if (!mayPass(error) || ++failed > MOST_FAILED) throw error;
        deps.log.warn({ error }, `${happening.name} is looked at again later: ${errorText(error)}`);
      }
    }
  }
  if (failed > 0) return good ?? 0;
  const done = lost.filter(({ swept }) => swept);
  if (mark && done.length > 0) await deps.marks.change((kept) => resyncedMark(kept ?? mark, done));
  return until;
}

/** Without the mark a resync goes on as before: it finds what never came, not what was lost. */
async function markOf({ marks, log }: ResyncDeps): Promise<Mark | undefined> {
  try {
    return await marks.read();
  } catch (error) {
    log.debug({ error }, "the mark of the queue's memory can not be read");
    return undefined;
  }
}

const numbered = ({ repo, number }: Happening): string => issueName({ ...repo, number });

const namesOf = ({ name, told }: Happening): string[] => (told ? [name, told] : [name]);

const isOld = (came: number | undefined, spans: readonly Span[]): boolean =>
  came !== undefined && !isWithin(came, spans);

/** By GitHub's own record of the branch: dates in commits are whatever their author wrote. In doubt it is not new. */
async function isNewHead(
  { read, log }: ResyncDeps,
  { repo, number, name, sha, branch }: Happening & { what: "head" },
  { spans, old }: { spans: readonly Span[]; old: Old },
): Promise<boolean> {
  try {
    if (!branch) return false;
    const moves = await read.branchMoves(branch.repo, branch.ref, repo.org);
    const at = Date.parse(moves.find(({ after }) => after === sha)?.timestamp ?? "");
    if (isWithin(at, spans)) return true;
    if (!(at > spans.at(-1)!.to)) old.set(name, at);
    return false;
  } catch (error) {
    if (mayPass(error)) throw error;
    log.debug({ error, repo: repoName(repo), pr: number }, "when a head came can not be told");
    return false;
  }
}

async function make({ relay, queue, secrets, clock, log }: ResyncDeps, happening: Happening): Promise<void> {
  const item = await inventedItem(relay, happening, { secrets: await secrets(), now: clock.now() });
  if (!item || !(await queue.add(item)).added) return;
  const { repo, number, what } = happening;
  log.info(
    { "event-GUID": inventedGUID(happening.name), repo: repoName(repo), pr: number, what },
    "No webhook told of this: it is worked on as if one had.",
  );
}
