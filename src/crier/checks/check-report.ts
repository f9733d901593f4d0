// How a job stands, as a check run: summary, annotations and buttons, within what GitHub takes.
import { cutText } from "../../lib/cut-text.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { JUnitTest } from "../../lib/junit.ts";
import { timestamp } from "../../lib/timestamp.ts";
import type { CheckAnnotation, CheckConclusion, CheckReport } from "../../model/github.ts";
import { isComplete, type ProwJob, type ProwJobState } from "../../model/prowjob.ts";
import type { Refs } from "../../model/refs.ts";
import type { Evidence } from "./evidence.ts";
import type { Problem } from "./problem-matcher.ts";
import { placesIn, repoPath } from "./repo-path.ts";

const STATUS: Record<ProwJobState, [CheckReport["status"], CheckConclusion?] | undefined> = {
  scheduling: undefined,
  triggered: ["queued"],
  pending: ["in_progress"],
  success: ["completed", "success"],
  failure: ["completed", "failure"],
  aborted: ["completed", "cancelled"],
  error: ["completed", "failure"],
};

/** Bytes; GitHub's limit is 65,535, and beyond it refuses the whole report. */
const LONGEST_SUMMARY = 60_000;
const LONGEST_TITLE = 140;
const LONGEST_DETAIL = 1_500;
const MOST_ANNOTATIONS = 150;
/** Names of files and matchers in them are anybody's. */
const MOST_FAULTS = 20;

export const CANCEL = "cancel";

/** undefined while there is nothing to say. The run is known again by the ProwJob's name. */
export function checkReport(job: ProwJob, refs: Refs, evidence: Evidence): CheckReport | undefined {
  const { metadata, spec, status } = job;
  const [state, conclusion] = STATUS[status.state ?? "scheduling"] ?? [];
  if (!state) return undefined;
  const time = (value: string | undefined) => value && timestamp(new Date(value));
  const started = time(status.startTime ?? metadata.creationTimestamp);
  const completed = conclusion && time(status.completionTime);
  return {
    name: spec.context ?? spec.job,
    head_sha: refs.pulls?.[0]?.sha ?? refs.base_sha ?? "",
    external_id: metadata.name,
    status: state,
    ...(conclusion && { conclusion }),
    ...(status.url && { details_url: status.url }),
    ...(started && { started_at: started }),
    ...(completed && { completed_at: completed }),
    output: {
      title: cutText(oneLine(status.description || `Job ${status.state}.`), LONGEST_TITLE),
      summary: summary(job, evidence),
      text: testedOn(refs),
    },
    annotations: annotations(evidence, refs),
    actions: conclusion
      ? []
      : [{ label: "Cancel", description: "Abort this run of the job", identifier: CANCEL }],
  };
}

/** Tide reads the base back from here, as from the description of a status. */
const testedOn = ({ base_ref = "", base_sha }: Refs): string =>
  base_sha ? `Tested on ${base_ref} BaseSHA:${base_sha}` : `Tested on ${base_ref}`;

function summary(job: ProwJob, { tests, faults }: Evidence): string {
  const { spec, status } = job;
  const rows: [string, string][] = [
    ["Job", code(spec.job)],
    ["Result", status.state ?? ""],
    ...(isComplete(job) && status.startTime ? [["Duration", took(job)] as [string, string]] : []),
    ...(tests ? [["Tests", counts(tests)] as [string, string]] : []),
    ...(spec.type === "presubmit" && spec.rerun_command
      ? [["Run again", code(spec.rerun_command)] as [string, string]]
      : []),
  ];
  const table = [
    "| | |",
    "|-|-|",
    ...rows.map(([name, value]) => `| ${name} | ${value.replaceAll("|", "\\|")} |`),
  ];
  const parts = [table.join("\n"), ...faults.slice(0, MOST_FAULTS).map((fault) => `Note: ${plain(fault)}`)];
  let left = LONGEST_SUMMARY - Buffer.byteLength(parts.join("\n\n"));
  const failures = tests?.failures ?? [];
  if (failures.length > 0) parts.push("### Failed tests");
  let shown = 0;
  for (const failure of failures) {
    const text = details(failure);
    left -= Buffer.byteLength(text) + 2;
    if (left < 0) break;
    parts.push(text);
    shown++;
  }
  const more = (tests?.failed ?? 0) - shown;
  if (more > 0) parts.push(`… and ${more} more, in the job's artifacts.`);
  return parts.join("\n\n");
}

const took = ({ status }: ProwJob): string => {
  const seconds = (Date.parse(status.completionTime ?? "") - Date.parse(status.startTime ?? "")) / 1000;
  return Number.isFinite(seconds)
    ? formatDuration(BigInt(Math.max(0, Math.round(seconds))) * 1_000_000_000n)
    : "";
};

function counts({ tests, failed, skipped, flaky }: NonNullable<Evidence["tests"]>): string {
  const some = [
    [failed, "failed"],
    [flaky, "flaky"],
    [skipped, "skipped"],
  ] as const;
  const named = some.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return [String(tests), ...named].join(", ");
}

function details({ name, className, suite, message, text }: JUnitTest): string {
  const where = className || suite;
  const said = (text.includes(message) ? text : `${message}\n${text}`).trim();
  const title = `<summary>${escaped(name)}${where ? ` <em>${escaped(where)}</em>` : ""}</summary>`;
  if (!said) return `<details>${title}</details>`;
  const shown = cutText(said, LONGEST_DETAIL);
  // Longer than any fence in the text, which cannot end it then.
  const fence = "`".repeat(
    Math.max(3, 1 + Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))),
  );
  return `<details>${title}\n\n${fence}text\n${shown}\n${fence}\n\n</details>`;
}

function annotations({ tests, problems }: Evidence, refs: Refs): CheckAnnotation[] {
  const all = [
    ...(tests?.failures ?? []).map((test) => ofTest(test, refs)),
    ...problems.map((problem) => ofProblem(problem, refs)),
  ].filter((annotation) => annotation !== undefined);
  const seen = new Set<string>();
  const once = all.filter(({ path, start_line, message }) => {
    const key = `${path}:${start_line} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
  return once.slice(0, MOST_ANNOTATIONS);
}

/** Where the failure's text names a line of the test's own file, else the first place in the repository that it names. */
function ofTest(test: JUnitTest, refs: Refs): CheckAnnotation | undefined {
  const said = `${test.message}\n${test.text}`.trim();
  const own = test.file === undefined ? undefined : repoPath(test.file, refs);
  const places = placesIn(said, refs, packageOf(test, refs));
  const place =
    places.find(({ path }) => path === own) ?? (own ? { path: own, line: test.line ?? 1 } : places[0]);
  if (!place) return undefined;
  return {
    ...line(place.path, place.line),
    annotation_level: "failure",
    title: cutText(oneLine(test.name) || "A test failed", LONGEST_TITLE),
    message: cutText(said || "failed", LONGEST_DETAIL),
  };
}

/** Go's reports name the package: that is the directory of the bare file names in their texts. */
function packageOf({ className, suite }: JUnitTest, { org, repo }: Refs): string | undefined {
  const name = [className, suite].find((candidate) => candidate.startsWith(`github.com/${org}/${repo}`));
  return name && /^[\w./@-]+$/.test(name) ? name : undefined;
}

function ofProblem(problem: Problem, refs: Refs): CheckAnnotation | undefined {
  const { code: called, column, file, fromPath, message, owner, severity } = problem;
  const directory = fromPath?.replaceAll("\\", "/").split("/").slice(0, -1).join("/");
  const path = repoPath(directory && !/^[/\\]/.test(file) ? `${directory}/${file}` : file, refs);
  if (path === undefined) return undefined;
  return {
    ...line(path, problem.line),
    ...(column !== undefined && { start_column: column, end_column: column }),
    annotation_level: severity === "error" ? "failure" : severity,
    title: cutText(oneLine([owner, called].filter(Boolean).join(": ")) || "Problem", LONGEST_TITLE),
    message: cutText(message, LONGEST_DETAIL),
  };
}

/** GitHub keeps lines as 32 bit numbers. */
const line = (path: string, number: number) => {
  const at = Math.min(number, 2 ** 31 - 1);
  return { path, start_line: at, end_line: at };
};

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
const code = (text: string): string => `\`${oneLine(text).replaceAll("`", "'")}\``;
/** Without Markdown: no picture, link, mention or emphasis comes of it. */
const plain = (text: string): string =>
  escaped(text).replace(/[[\]*_@!~|]/g, (character) => `&#${character.charCodeAt(0)};`);
const escaped = (text: string): string =>
  cutText(oneLine(text), 200)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("`", "&#96;");
