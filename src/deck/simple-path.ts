// Paths of deck's pages as a metric has them: by Prow's names where Prow has the page, with names of things left out.

/** `:name` is one part, `*name` all that follow. The first that fits counts. */
const PATHS =
  `/ /artifact/*path /artifacts/*path /badge.svg /command-help /config /config-status /data.js /dead-letters
  /dead-letters.js /dead-letters/replay /favicon.ico /job-events /job-history/*job /live-log /log /plugin-config /plugin-help /plugin-help.js
  /plugins /pr /pr-data.js /pr-history /pr-history/ /prowjob /prowjob-view/:name /prowjobs.js /rerun /static/*path /tide
  /tide-history /tide-history.js /tide.js /view/prowjob/:job/:build /view/gs/:bucket/logs/:job/:build /view/*path /why`
    .split(/\s+/)
    .map((path) => path.split("/"));

/** Of what there is not it is `unmatched`. */
export function simplePath(path: string): string {
  const parts = path.split("/");
  const found = PATHS.find((pattern) => {
    const isGreedy = pattern.at(-1)!.startsWith("*");
    if (isGreedy ? parts.length < pattern.length : parts.length !== pattern.length) return false;
    return pattern.every((part, at) => /^[:*]/.test(part) || part === parts[at]);
  });
  return found?.map((part) => part.replace("*", ":")).join("/") ?? "unmatched";
}
