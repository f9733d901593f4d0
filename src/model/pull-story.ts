// The record of a pull request as a story: what happened, who answered it with what, and what came of it.
import { plainMarkdown } from "../lib/plain-markdown.ts";
import type { Entry } from "./record-entry.ts";

export interface Line {
  at: string;
  /** A plugin, or a component. */
  who: string;
  text: string;
  outcome: "done" | "failed" | "dry" | "said";
  error?: string;
  ms?: number;
}

/** What one event, one job or one look of tide has led to. */
export interface Chapter {
  at: string;
  /** For example `alice commented: /lgtm`, `job unit`, `tide`. */
  head: string;
  /** Where it can be looked up: the delivery, the commit, the ProwJob. */
  details: string[];
  because: readonly string[];
  lines: Line[];
}

export interface Story {
  chapters: Chapter[];
  /** How things stand, as far as the record knows. */
  end: string;
}

export interface Told {
  /** `org/repo#7`, left out of sentences that would only repeat it. */
  subject: string;
  /** Also what was looked at and left alone, and changes that only keep books. */
  verbose: boolean;
}

/** `entries`: the oldest first. */
export function pullStory(entries: readonly Entry[], told: Told): Story {
  const chapters = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = chapterOf(entry);
    const chapter = chapters.get(key);
    if (chapter) chapter.push(entry);
    else chapters.set(key, [entry]);
  }
  const own = ownLogins(entries);
  return {
    chapters: [...chapters.values()]
      .filter((all) => told.verbose || !isEcho(all, own))
      .map((all) => chapter(all, told)),
    end: endOf(entries),
  };
}

/** Whoever sets the status of tide is the bot itself. */
const ownLogins = (entries: readonly Entry[]): ReadonlySet<string | undefined> =>
  new Set(
    entries
      .filter(({ kind, what }) => kind === "event" && what.startsWith("status tide is "))
      .map(({ actor }) => actor),
  );

/** An event that nobody acts on, and that only tells what somebody else has told already: of a push, of what the bot did. */
function isEcho(all: readonly Entry[], own: ReadonlySet<string | undefined>): boolean {
  if (all.some(({ kind, error }) => kind === "effect" || kind === "decision" || error)) return false;
  return all.every(
    ({ act, actor, what }) =>
      act === "push" ||
      act === "status" ||
      ((own.has(actor) || actor?.endsWith("[bot]")) && !MERGED.test(what)),
  );
}

/** Tide has no event of its own: what it does for one reason belongs together. */
function chapterOf({
  component = "",
  prowjob,
  guid,
  because = [],
  kind,
  at,
  plugin,
  shas = [],
}: Entry): string {
  if (guid && (component === "hook" || plugin)) return `delivery ${guid}`;
  if (prowjob && component !== "tide") return `job ${prowjob}`;
  if (kind === "event" || kind === "decision") return `${kind} ${at}`;
  return because.length > 0 ? `${component} ${shas.join()} ${because.join()}` : `${component} ${at}`;
}

function chapter(entries: readonly Entry[], told: Told): Chapter {
  const [first] = entries as [Entry, ...Entry[]];
  const event = entries.find(({ kind }) => kind === "event");
  const lines = entries.filter((entry) => entry !== event).flatMap((entry) => line(entry, entries, told));
  const because = first.because ?? [];
  return { at: first.at, head: head(first, event), details: details(first, event), because, lines };
}

function head(first: Entry, event: Entry | undefined): string {
  if (event) return `${event.actor ?? "somebody"} ${event.what}`;
  if (first.prowjob && first.component !== "tide") return `job ${first.job ?? first.prowjob}`;
  return first.plugin ?? first.component ?? "";
}

function details({ guid, prowjob, component }: Entry, event: Entry | undefined): string[] {
  const sha = event?.shas?.[0];
  return [
    ...(event?.act && guid ? [`${event.act} ${guid}`] : []),
    ...(!event && prowjob && component !== "tide" ? [`ProwJob ${prowjob}`] : []),
    ...(sha ? [`commit ${sha.slice(0, 7)}`] : []),
  ];
}

/** Changes that only keep books: which report was made, what state an object has. */
const isMinor = ({ act = "", what }: Entry): boolean =>
  act === "writeObject" || act === "patchPod" || (act === "patchProwJob" && what.startsWith("patch "));

function line(entry: Entry, chapter: readonly Entry[], { subject, verbose }: Told): Line[] {
  const { at, kind, guid, plugin, component = "", error, ms, attempt } = entry;
  const who = plugin ?? component;
  const shown = { at, who, ...(error && { error }), ...(ms !== undefined && { ms }) };
  if (kind === "event") {
    const again = attempt ? `the delivery is worked on again, attempt ${attempt}` : entry.what;
    return [{ ...shown, text: again, outcome: "said" }];
  }
  if (kind === "pass") return verbose ? [{ ...shown, text: entry.what, outcome: "said" }] : [];
  if (kind === "decision") {
    // What was done about it tells more.
    const done = chapter.some((other) => other.kind === "effect" && other.plugin === plugin);
    if (error) return [{ ...shown, text: entry.what, outcome: "failed" }];
    return verbose || !done
      ? [{ ...shown, text: `decides: ${shorter(entry.what, entry, subject, false)}`, outcome: "said" }]
      : [];
  }
  if (isMinor(entry) && !error && !verbose) return [];
  const outcome = error ? "failed" : entry.dry ? "dry" : "done";
  return [{ ...shown, text: shorter(entry.what, entry, subject, !guid || component !== "hook"), outcome }];
}

const UUID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

const OWN_POD = / pod [a-z0-9-]+\/[0-9a-f-]{36}\b/;

/** Without what every line would repeat. */
function shorter(what: string, { prowjob = "" }: Entry, subject: string, inJob: boolean): string {
  const repo = subject.split("#", 1)[0] ?? "";
  let text = plainMarkdown(what.replaceAll("\\n", " "));
  if (inJob) text = text.replace(`ProwJob ${prowjob} `, "").replace(OWN_POD, " pod");
  for (const word of ["to", "on", "from", "of"]) text = text.replaceAll(` ${word} ${subject}`, "");
  if (repo) text = text.replaceAll(`${repo}@`, "@").replace(` in ${repo}`, "");
  return text
    .replace(/ of @([0-9a-f]{7})[0-9a-f]{33}\b/g, " on $1")
    .replace(/\b([0-9a-f]{7})[0-9a-f]{33}\b/g, "$1")
    .replace(UUID, "$1")
    .replace(/\s{2,}/g, " ")
    .replace(/ BaseSHA:\S*$/, "")
    .replace(/: ?$/, "");
}

const MERGED = /^merged the pull request/;
/** Set, or kept though the reasons are others now. */
const TIDE_STATUS = /^(?:set status tide of \S+ to \w+|keep status tide of [^\s:]+): (.*)$/;

function endOf(entries: readonly Entry[]): string {
  const newest = entries.toReversed();
  const merged = newest.find(
    ({ kind, what, act, error, dry }) =>
      (kind === "event" && MERGED.test(what)) || (act === "mergeInOrder" && !error && !dry),
  );
  if (merged) return `Merged${merged.component === "tide" ? " by tide" : ""} at ${timeOf(merged.at)}.`;
  const closed = newest.find(
    ({ kind, what }) => kind === "event" && /^(closed|reopened) the pull/.test(what),
  );
  if (closed?.what.startsWith("closed")) return `Closed at ${timeOf(closed.at)}, not merged.`;
  const refused = newest.find(({ act, error }) => act === "mergeInOrder" && error);
  const status = newest.find(
    ({ act, kind, what }) => (act === "createStatus" || kind === "decision") && TIDE_STATUS.test(what),
  );
  const [, said = ""] = TIDE_STATUS.exec(status?.what ?? "") ?? [];
  if (refused && (!status || refused.at >= status.at))
    return `Not merged: ${refused.error} (${timeOf(refused.at)})`;
  if (!status) return "";
  const reasons = status.because?.join(" ") || said;
  return `Not merged: ${reasons} (tide, as of ${timeOf(status.at)})`;
}

const timeOf = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)}`;
