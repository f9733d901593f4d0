// What a job left in storage that its check run can tell: JUnit reports, and problems in its log.
import { matcherFault, type ProblemMatcher, problemMatcherSchema } from "../../config/github-reporter.ts";
import type { Clock } from "../../lib/clock.ts";
import { gunzip } from "../../lib/gunzip.ts";
import { JUNIT_LIMITS, readJUnit } from "../../lib/junit.ts";
import { plainLine } from "../../lib/plain-line.ts";
import { RegexError, regex } from "../../lib/re2.ts";
import { isRecord, list } from "../../lib/schema.ts";
import { inRounds } from "../../lib/waiting/in-rounds.ts";
import type { BlobRead, ObjectInfo } from "../../storage/port.ts";
import { type Match, type Problem, problemMatcher } from "./problem-matcher.ts";
import { type Tally, tallying } from "./tally.ts";

export interface Evidence {
  tests?: Tally;
  problems: Problem[];
  /** What could not be read, for people. */
  faults: string[];
}

export const NO_EVIDENCE: Evidence = { problems: [], faults: [] };

const JUNIT = /^junit.*\.xml$/;
const MATCHERS = "problem-matchers.json";
/** Bounds for a job that leaves very much behind. */
const MOST_LISTINGS = 50;
const MOST_REPORTS = 50;
const MOST_JUNIT_BYTES = JUNIT_LIMITS.most;
const MOST_LOG_BYTES = 16_000_000;
const MOST_MATCHER_BYTES = 256_000;
const MOST_MATCHERS = 20;
const MOST_PROBLEMS = 150;
/** Of a job's own matchers, since anybody may have written them: steps of one program, and how long all may take. */
const LARGEST_PROGRAM = 400;
const LONGEST_REGEXP = 1_000;
const OWN_MATCHERS_MS = 5_000;
const OWN_LONGEST_LINE = 2_000;
/** Others have their turn after so long; logs that are read side by side take turns, too. */
const TURN_MS = 20;
const nextTurn = inRounds(1);

/** `directory` is the job's, without a slash at the end; `matchers` are the configured ones. */
export async function readEvidence(
  store: BlobRead,
  directory: string,
  matchers: readonly ProblemMatcher[],
  clock: Pick<Clock, "now">,
): Promise<Evidence> {
  const faults: string[] = [];
  const { reports, ownMatchers } = await artifacts(store, `${directory}/artifacts/`, faults);
  const tests = await readReports(store, reports, directory, faults);
  const own = ownMatchers ? await readMatchers(store, ownMatchers, faults) : [];
  const configured = matchers.slice(0, MOST_MATCHERS);
  const all = { configured, own: own.slice(0, MOST_MATCHERS - configured.length) };
  const isAny = all.configured.length + all.own.length > 0;
  const problems = isAny ? await readLog(store, `${directory}/build-log.txt`, all, faults, clock) : [];
  return { ...(tests && { tests }), problems, faults };
}

interface Artifacts {
  reports: ObjectInfo[];
  ownMatchers?: ObjectInfo;
}

/** Breadth first, so that what lies near the top is found whatever lies below. */
async function artifacts(store: BlobRead, root: string, faults: string[]): Promise<Artifacts> {
  const found: Artifacts = { reports: [] };
  const pending: { prefix: string; page?: string }[] = [{ prefix: root }];
  for (let listings = 0; pending.length > 0; listings++) {
    if (listings >= MOST_LISTINGS) {
      faults.push("there are too many artifacts to look at all of them");
      break;
    }
    const { prefix, page } = pending.shift()!;
    const { objects, prefixes, next } = await store.list(prefix, page === undefined ? {} : { page });
    for (const object of objects) {
      const name = object.url.slice(object.url.lastIndexOf("/") + 1);
      if (JUNIT.test(name)) found.reports.push(object);
      if (object.url === `${root}${MATCHERS}`) found.ownMatchers = object;
    }
    if (next !== undefined) pending.push({ prefix, page: next });
    pending.push(...prefixes.map((inner) => ({ prefix: inner })));
  }
  return found;
}

async function readReports(
  store: BlobRead,
  reports: readonly ObjectInfo[],
  directory: string,
  faults: string[],
): Promise<Tally | undefined> {
  if (reports.length === 0) return undefined;
  if (reports.length > MOST_REPORTS)
    faults.push(`of ${reports.length} JUnit reports the first ${MOST_REPORTS} were read`);
  const tests = tallying();
  let left = MOST_JUNIT_BYTES;
  for (const report of reports.slice(0, MOST_REPORTS)) {
    const most = left;
    const counted = (stream: ReadableStream<Uint8Array>) =>
      counting(stream, (bytes) => {
        left -= bytes;
      });
    const stream = counted(await opened(store, report));
    const fault = await readJUnit(stream, (test) => tests.add(test), { ...JUNIT_LIMITS, most });
    if (fault) faults.push(`${report.url.slice(directory.length + 1)} ${fault}`);
    if (left <= 0) break;
  }
  return tests.tally();
}

async function* counting(stream: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
  for await (const chunk of stream) {
    count(chunk.length);
    yield chunk;
  }
}

async function opened(
  store: BlobRead,
  { url, contentEncoding }: ObjectInfo,
): Promise<ReadableStream<Uint8Array>> {
  const stream = await store.read(url);
  return contentEncoding === "gzip" ? gunzip(stream) : stream;
}

/** In the form of GitHub Actions: `{"problemMatcher": [...]}`. One that cannot be used stops no other. */
async function readMatchers(store: BlobRead, file: ObjectInfo, faults: string[]): Promise<ProblemMatcher[]> {
  const fault = (text: string): ProblemMatcher[] => {
    faults.push(`artifacts/${MATCHERS} ${text}`);
    return [];
  };
  if (file.size > MOST_MATCHER_BYTES) return fault(`is longer than ${MOST_MATCHER_BYTES} bytes`);
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of await opened(store, file)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST_MATCHER_BYTES) return fault(`is longer than ${MOST_MATCHER_BYTES} bytes`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return fault(`is no JSON: ${(error as Error).message}`);
  }
  if (!isRecord(parsed) || !Array.isArray(parsed["problemMatcher"]))
    return fault('has no list "problemMatcher"');
  const wrong: string[] = [];
  const matchers = list(problemMatcherSchema).decode(
    parsed["problemMatcher"],
    ["problemMatcher"],
    (problem) => {
      if (problem.level === "error") wrong.push(`${problem.path.join(".")}: ${problem.message}`);
    },
  );
  if (wrong.length > 0) return fault(wrong[0]!);
  const usable: ProblemMatcher[] = [];
  for (const matcher of (matchers ?? []).slice(0, MOST_MATCHERS)) {
    const owner = matcher.owner ?? "";
    // To compile a large one takes long, too: no more of them.
    if (isTooLarge(matcher)) return fault(`: matcher "${owner}" has a regexp that is too large`);
    const found = matcherFault(matcher);
    if (found) fault(`: matcher "${owner}" ${found.what}`);
    else usable.push(matcher);
  }
  return usable;
}

/** Repetitions make a short pattern a large one. A matcher of more patterns is refused anyway. */
const isTooLarge = ({ pattern = [] }: ProblemMatcher): boolean =>
  pattern.slice(0, 10).some(({ regexp = "" }) => {
    if (regexp.length > LONGEST_REGEXP) return true;
    try {
      return regex(regexp).size() > LARGEST_PROGRAM;
    } catch (error) {
      if (error instanceof RegexError) return false; // which is told of
      throw error;
    }
  });

interface Matchers {
  configured: readonly ProblemMatcher[];
  own: readonly ProblemMatcher[];
}

/** The end of the log: what went wrong last is what counts. A compressed one is read from its beginning. */
async function readLog(
  store: BlobRead,
  url: string,
  matchers: Matchers,
  faults: string[],
  clock: Pick<Clock, "now">,
): Promise<Problem[]> {
  const info = await store.stat(url);
  if (!info) return [];
  const compressed = info.contentEncoding === "gzip";
  const start = compressed ? 0 : Math.max(0, info.size - MOST_LOG_BYTES);
  const stream = await store.read(url, start > 0 ? { start } : undefined);
  const now = () => clock.now().getTime();
  const configured: Match[] = matchers.configured.map(problemMatcher);
  let own: Match[] = matchers.own.map(problemMatcher);
  let ownMs = 0;
  let turn = now();
  const problems: Problem[] = [];
  for await (const line of linesOf(compressed ? gunzip(stream) : stream, MOST_LOG_BYTES)) {
    const text = plainLine(line);
    problems.push(...found(configured, text));
    if (own.length > 0) {
      const began = now();
      for (const match of own) {
        problems.push(...found([match], text.slice(0, OWN_LONGEST_LINE)));
        if (ownMs + now() - began > OWN_MATCHERS_MS) break;
      }
      ownMs += now() - began;
      if (ownMs > OWN_MATCHERS_MS) {
        own = [];
        faults.push(`artifacts/${MATCHERS} took too long, so not all of the log was looked at with it`);
      }
    }
    if (problems.length >= MOST_PROBLEMS) break;
    if (now() - turn < TURN_MS) continue;
    await nextTurn();
    turn = now();
  }
  return problems;
}

const found = (matches: readonly Match[], line: string): Problem[] =>
  matches.map((match) => match(line)).filter((problem) => problem !== undefined);

/** A line longer than this is cut. */
const LONGEST_LINE = 10_000;

async function* linesOf(stream: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let left = most;
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk.subarray(0, left), { stream: true })).split("\n");
    rest = lines.pop()!.slice(0, LONGEST_LINE);
    yield* lines;
    left -= chunk.length;
    if (left <= 0) return;
  }
  if (rest) yield rest;
}
