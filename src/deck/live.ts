// Live parts of pages, as server-sent events: rows of the job list, lines of a running job's log.
import { madeOnce } from "../lib/kept/made-once.ts";
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import type { DeckDeps } from "./deps.ts";
import { type JobFilter, matches } from "./job-filter.ts";
import { jobRow } from "./job-list.ts";
import { logLines } from "./log-lines.ts";
import { type LogPlaces, noPlace } from "./log-places.ts";
import { isVisible } from "./visible-jobs.ts";

const HEARTBEAT_MS = 20_000;
/** Bytes. A page that cannot keep up is cut off; its browser connects anew and loads the page again. */
const LONGEST_BACKLOG = 500_000;
/** Whoever takes longer to take in a part of a log has a place that others want. */
const PATIENCE_MS = 60_000;
/** Anybody may look, and each is told of every job. */
const MOST_PAGES = 2_000;

const EVENT_STREAM = { "content-type": "text/event-stream", "cache-control": "no-store" };

const encoder = new TextEncoder();
const encoded = (event: string, data: string): Uint8Array =>
  encoder.encode(`event: ${event}\ndata: ${data.replaceAll(/\r\n?|\n/g, "\ndata: ")}\n\n`);

export type JobEvents = (filter: JobFilter, signal: AbortSignal) => Response;

/**
 * `row` events carry a whole `<tr>`; the page replaces the row of that id or puts it on top. Answers 503 while as many
 * pages are told as may be.
 */
export function jobEvents(deps: DeckDeps): JobEvents {
  let pages = 0;
  // Made once for all pages, which hold the same bytes.
  const rowOf = madeOnce((job: ProwJob) =>
    isVisible(deps, job) ? encoded("row", String(jobRow(job, deps.clock.now()))) : undefined,
  );
  return (filter, signal) => {
    if (pages >= MOST_PAGES)
      return new Response(`${MOST_PAGES} pages are kept up to date already; try again later.\n`, {
        status: 503,
      });
    pages += 1;
    return eventStream(deps, signal, ({ write }) => {
      const stop = deps.jobs.onChange((_key, job) => {
        const row = job && matches(filter, job) ? rowOf(job) : undefined;
        if (row) write(row);
      });
      return () => {
        pages -= 1;
        stop();
      };
    });
  };
}

export type LiveLog = (name: string, signal: AbortSignal) => Response;

/**
 * `lines` events carry `<li>` elements; `end` says that the run is over and the page should be loaded again. Answers 503
 * while as many logs are read as may be.
 */
export function liveLogs(deps: DeckDeps, places: LogPlaces): LiveLog {
  return (name, signal) => {
    const job = deps.jobs.list().find(({ metadata }) => metadata.name === name);
    if (!job || !isVisible(deps, job) || isComplete(job))
      return new Response("event: end\ndata: \n\n", { headers: EVENT_STREAM });
    const leave = places.take();
    if (!leave) return noPlace();
    return eventStream(deps, signal, (page) => {
      follow(deps, job, page)
        .catch((error: unknown) => deps.log.warn({ error, prowjob: name }, "A live log broke off."))
        .finally(leave);
      return deps.jobs.onChange((key, changed) => {
        if (key.name === name && (!changed || changed.status.completionTime)) page.write(encoded("end", ""));
      });
    });
  };
}

const RETRY_MS = 500;
/** Short ones become many times as long as HTML. */
const LINES_AT_ONCE = 500;
/** Characters. What goes on for longer is shown in parts: a job may write without end. */
const LONGEST_LINE = 100_000;

/** The container may not have started yet: asks again until it has, or the reader is gone. Reads no faster than the page. */
async function follow(deps: DeckDeps, job: ProwJob, { write, kept, ended }: Page): Promise<void> {
  let stream: ReadableStream<Uint8Array> | undefined;
  while (!stream && !ended.aborted) {
    const current = deps.jobs.get(job.metadata.namespace ?? "", job.metadata.name) ?? job;
    stream = await deps.podLogs.open(current, { container: "test", follow: true, signal: ended });
    if (!stream) await deps.clock.sleep(RETRY_MS, ended);
  }
  if (!stream || ended.aborted) return;
  const decoder = new TextDecoder();
  let rest = "";
  let number = 1;
  const show = async (lines: string[]) => {
    write(encoded("lines", logLines(lines, number).map(String).join("")));
    number += lines.length;
    await kept();
  };
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    if (lines.at(-1)!.length <= LONGEST_LINE) rest = lines.pop()!;
    else rest = "";
    for (let at = 0; at < lines.length && !ended.aborted; at += LINES_AT_ONCE)
      await show(lines.slice(at, at + LINES_AT_ONCE));
  }
  if (rest) await show([rest]);
}

interface Page {
  write(bytes: Uint8Array): void;
  /** Resolves once the page has taken all that was written, or is gone. */
  kept(): Promise<void>;
  /** Aborts when the reader is gone. */
  ended: AbortSignal;
}

/** `start` begins to write and returns how to stop. */
function eventStream({ clock }: DeckDeps, signal: AbortSignal, start: (page: Page) => () => void): Response {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  let taken = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (bytes: Uint8Array) => {
          if (ended.aborted) return;
          if ((controller.desiredSize ?? 0) < -LONGEST_BACKLOG) return over.abort();
          controller.enqueue(bytes);
        };
        const kept = async () => {
          while (!ended.aborted && (controller.desiredSize ?? 0) <= 0) {
            const slow = setTimeout(() => over.abort(), PATIENCE_MS);
            await taken.promise;
            clearTimeout(slow);
          }
        };
        const stop = start({ write, kept, ended });
        write(encoder.encode(": connected\n\n"));
        const beat = async () => {
          while (!ended.aborted) {
            await clock.sleep(HEARTBEAT_MS, ended);
            write(encoder.encode(": still here\n\n"));
          }
        };
        void beat();
        const leave = () => {
          taken.resolve();
          stop();
          try {
            controller.close();
          } catch {
            // the reader has cancelled already
          }
        };
        if (ended.aborted) leave();
        else ended.addEventListener("abort", leave);
      },
      pull() {
        taken.resolve();
        taken = Promise.withResolvers();
      },
      cancel: () => over.abort(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 1 }),
  );
  return new Response(body, { headers: EVENT_STREAM });
}
