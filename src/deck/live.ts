// Live parts of pages, as server-sent events: rows of the job list, lines of a running job's log.
import { isComplete, type ProwJob } from "../model/prowjob.ts";
import type { DeckDeps } from "./deps.ts";
import { type JobFilter, matches } from "./job-filter.ts";
import { jobRow } from "./job-list.ts";
import { logLines } from "./log-lines.ts";
import { isVisible } from "./visible-jobs.ts";

const HEARTBEAT_MS = 20_000;
/** A page that cannot keep up is cut off; its browser connects anew and loads the page again. */
const LONGEST_BACKLOG = 1000;

const EVENT_STREAM = { "content-type": "text/event-stream", "cache-control": "no-store" };

type Send = (event: string, data: string) => void;

/** `row` events carry a whole `<tr>`; the page replaces the row of that id or puts it on top. */
export function jobEvents(deps: DeckDeps, filter: JobFilter, signal: AbortSignal): Response {
  return eventStream(deps, signal, (send) => {
    const shown = (job: ProwJob) => matches(filter, job) && isVisible(deps, job);
    return deps.jobs.onChange((_key, job) => {
      if (job && shown(job)) send("row", String(jobRow(job, deps.clock.now())));
    });
  });
}

/** Each holds a connection to a cluster's API server, and anybody may look. */
const MOST_LOGS = 50;

export type LiveLog = (name: string, signal: AbortSignal) => Response;

/**
 * `lines` events carry `<li>` elements; `end` says that the run is over and the page should be loaded again. Answers 503
 * while as many logs are followed as may be.
 */
export function liveLogs(deps: DeckDeps): LiveLog {
  let followed = 0;
  return (name, signal) => {
    const job = deps.jobs.list().find(({ metadata }) => metadata.name === name);
    if (!job || !isVisible(deps, job) || isComplete(job))
      return new Response("event: end\ndata: \n\n", { headers: EVENT_STREAM });
    if (followed >= MOST_LOGS)
      return new Response(`${MOST_LOGS} logs are followed already; try again later.\n`, { status: 503 });
    followed += 1;
    return eventStream(deps, signal, (send, ended) => {
      follow(deps, job, send, ended)
        .catch((error: unknown) => deps.log.warn({ error, prowjob: name }, "A live log broke off."))
        .finally(() => (followed -= 1));
      return deps.jobs.onChange((key, changed) => {
        if (key.name === name && (!changed || changed.status.completionTime)) send("end", "");
      });
    });
  };
}

const RETRY_MS = 500;

/** The container may not have started yet: asks again until it has, or the reader is gone. */
async function follow(deps: DeckDeps, job: ProwJob, send: Send, ended: AbortSignal): Promise<void> {
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
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) send("lines", logLines(lines, number).map(String).join(""));
    number += lines.length;
  }
  if (rest) send("lines", logLines([rest], number).map(String).join(""));
}

/** `start` begins to send and returns how to stop; `ended` aborts when the reader is gone. */
function eventStream(
  { clock }: DeckDeps,
  signal: AbortSignal,
  start: (send: Send, ended: AbortSignal) => () => void,
): Response {
  const encoder = new TextEncoder();
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        if (ended.aborted) return;
        if ((controller.desiredSize ?? 0) < -LONGEST_BACKLOG) return over.abort();
        controller.enqueue(encoder.encode(text));
      };
      const stop = start(
        (event, data) => write(`event: ${event}\ndata: ${data.replaceAll(/\r\n?|\n/g, "\ndata: ")}\n\n`),
        ended,
      );
      write(": connected\n\n");
      const beat = async () => {
        while (!ended.aborted) {
          await clock.sleep(HEARTBEAT_MS, ended);
          write(": still here\n\n");
        }
      };
      void beat();
      const leave = () => {
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
    cancel: () => over.abort(),
  });
  return new Response(body, {
    headers: EVENT_STREAM,
  });
}
