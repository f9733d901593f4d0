// What Prow's tools read from deck: JSON, YAML, logs and badges at Prow's addresses.
import type { Context } from "hono";
import { dumpYAML } from "../lib/yaml/load.ts";
import type { ProwJob, ProwJobSpec } from "../model/prowjob.ts";
import type { DeckDeps } from "./deps.ts";
import { newestFirst, wildcards } from "./job-filter.ts";
import { type LogPlaces, noPlace } from "./log-places.ts";
import { madeLately } from "./made-lately.ts";
import { visibleJobs } from "./visible-jobs.ts";

/** `?var=x` turns the JSON into a script that sets x, as Prow does. */
export const wrapped = (c: Context, value: unknown): Response =>
  wrappedJSON(c, new TextEncoder().encode(JSON.stringify(value)));

/** In parts, so that all who are answered with the same bytes hold them once. */
export function wrappedJSON(c: Context, json: Uint8Array): Response {
  const name = c.req.query("var");
  if (name && !/^[A-Za-z_$][\w$]*$/.test(name)) return c.text("var must be a plain name", 400);
  const text = (part: string) => new TextEncoder().encode(part);
  const parts = name ? [text(`var ${name} = `), json, text(";")] : [json];
  const type = name ? "application/javascript" : "application/json";
  return new Response(ReadableStream.from(parts), { headers: { "content-type": type } });
}

type Query = Record<string, string>;

/** What callers may do without. */
const OMITTED = ["annotations", "labels", "decoration_config", "pod_spec"];
/** Whoever asks for the same within it has the same bytes: where there are many jobs they take a second to make. */
const KEPT_MS = 1_000;
/** All there are of one list: each of what is omitted may be there or not. */
const VARIANTS = 2 ** OMITTED.length;
/** Lists of an org or a repository. Kept apart: strangers can name any number, which must not drive out the whole list. */
const MOST_FILTERED = 4 * VARIANTS;

/** The list as JSON, as of at most a second ago; `omit` names what is left out. */
export function prowJobsJSON(deps: DeckDeps): (query: Query) => Uint8Array {
  const whole = madeLately(VARIANTS, KEPT_MS, deps.clock);
  const filtered = madeLately(MOST_FILTERED, KEPT_MS, deps.clock);
  return ({ omit = "", org, repo, owner }) => {
    const named = omit.split(",");
    const without = new Set(OMITTED.filter((name) => named.includes(name)));
    // `owner` is another name of `org`, and an empty one is none.
    const filter = { org: org || owner || "", owner: owner || org || "", repo: repo || "" };
    const kept = filter.org || filter.repo ? filtered : whole;
    return kept(JSON.stringify([[...without], filter]), () =>
      new TextEncoder().encode(JSON.stringify(prowJobsJS(visibleJobs(deps), without, filter))),
    );
  };
}

function prowJobsJS(jobs: ProwJob[], without: Set<string>, { org, repo, owner }: Query) {
  const items = jobs
    .filter(({ spec: { refs } }) => (!org || refs?.org === org) && (!repo || refs?.repo === repo))
    .filter(({ spec: { refs } }) => !owner || refs?.org === owner)
    .sort(newestFirst)
    .map((job) => reduced(job, without));
  return { items };
}

function reduced(job: ProwJob, without: Set<string>): ProwJob {
  const { annotations, labels, ...metadata } = job.metadata;
  const { decoration_config, pod_spec, ...spec } = job.spec;
  return {
    ...job,
    metadata: {
      ...metadata,
      ...(!without.has("labels") && { labels }),
      ...(!without.has("annotations") && { annotations }),
    },
    spec: {
      ...spec,
      ...(!without.has("decoration_config") && { decoration_config }),
      pod_spec: without.has("pod_spec") ? emptied(pod_spec) : pod_spec,
    },
  };
}

/** Consumers count the containers. */
const emptied = (spec: ProwJobSpec["pod_spec"]): ProwJobSpec["pod_spec"] =>
  spec && { containers: spec.containers.map(() => ({ name: "" })) };

const plain = (text: string, status = 200): Response =>
  new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });

export function jobYAML(jobs: ProwJob[], name: string): Response {
  const job = jobs.find(({ metadata }) => metadata.name === name);
  return job ? plain(dumpYAML(job)) : plain(`There is no ProwJob ${JSON.stringify(name)}.\n`, 404);
}

/** Whoever takes longer to read a log is cut off. */
const LONGEST_READ_MS = 600_000;

/** `/log?job=NAME&id=BUILD[&container=test]`: the pod's log, whole. 503 while as many logs are read as may be. */
export async function jobLog(
  deps: DeckDeps,
  places: LogPlaces,
  { job: name, id, container = "test" }: Query,
  asked: AbortSignal,
) {
  const job = visibleJobs(deps).find(({ spec, status }) => spec.job === name && status.build_id === id);
  if (!job) return plain(`There is no build ${id} of job ${name}.\n`, 404);
  const leave = places.take();
  if (!leave) return noPlace();
  const ends = AbortSignal.any([asked, AbortSignal.timeout(LONGEST_READ_MS)]);
  ends.addEventListener("abort", leave);
  const stream = await deps.podLogs
    .open(job, { container, follow: false, signal: ends })
    .catch((error: unknown) => {
      leave();
      throw error;
    });
  if (!stream) {
    leave();
    return plain("The pod is gone; the log is in storage.\n", 404);
  }
  const counted = stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({ flush: leave, cancel: leave }),
    { signal: ends },
  );
  return new Response(counted, {
    headers: { "content-type": "text/plain; charset=utf-8", "access-control-allow-origin": "*" },
  });
}

/** Every run is held against each. Prow has no such bound; a badge of more would be too long to read. */
const MOST_GLOBS = 50;

/** The newest finished run of each job that a glob names: only a failure makes it red. 400 for more than 50 globs. */
export function badge(jobs: ProwJob[], globs: string): Response {
  if (!globs) return plain("missing jobs query parameter\n", 400);
  const wanted = globs.split(",");
  if (wanted.length > MOST_GLOBS)
    return plain(
      `The jobs query parameter has ${wanted.length} globs; give at most ${MOST_GLOBS}, or one with a *.\n`,
      400,
    );
  const isWanted = wildcards(wanted);
  const newest = new Map<string, ProwJob>();
  for (const job of [...jobs].sort(newestFirst)) {
    const finished = job.status.completionTime && !newest.has(job.spec.job);
    if (finished && isWanted(job.spec.job)) newest.set(job.spec.job, job);
  }
  const failed = [...newest.values()].filter(({ status }) => status.state === "failure");
  const [text, colour] =
    newest.size === 0
      ? ["no results", "#9f9f9f"]
      : failed.length > 0
        ? [`failing ${failed.map(({ spec }) => spec.job).join(", ")}`.slice(0, 60), "#e05d44"]
        : ["passing", "#44cc11"];
  return new Response(badgeSVG(text, colour), { headers: { "content-type": "image/svg+xml" } });
}

function badgeSVG(text: string, colour: string): string {
  const safe = text.replace(/[<>&"]/g, "");
  const width = 40 + safe.length * 7 + 14;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="build: ${safe}"><rect width="${width}" height="20" rx="3" fill="#555"/><rect x="40" width="${width - 40}" height="20" rx="3" fill="${colour}"/><g fill="#fff" font-family="Verdana,sans-serif" font-size="11"><text x="6" y="14">build</text><text x="47" y="14">${safe}</text></g></svg>`;
}
