// The one comment with a pull request's failed tests: what becomes of it when jobs end.
import type { GitHubEffect } from "../model/effect.ts";
import type { IssueComment } from "../model/github.ts";
import { IS_OPTIONAL_LABEL } from "../model/labels.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { ABOUT_THIS_BOT } from "../model/reply.ts";
import { sameText } from "../model/same-text.ts";

/** Marks the comment; Prow's other tools look for it. */
const TEST_REPORT = "<!-- test report -->";

/** Its last line is the marker: elsewhere the bot may be quoting somebody who has written it. */
const isReport = (body: string): boolean => body.trimEnd().split("\n").at(-1)?.trim() === TEST_REPORT;

export interface CommentNews {
  /** Ended jobs of one pull request, all on its present head. */
  jobs: readonly ProwJob[];
  /** All comments of the pull request, oldest first. */
  comments: readonly IssueComment[];
  isBot(login: string): boolean;
  /** `report_templates` for the repository, filled in. */
  footer?: string;
  /** Comment also when all tests passed, unless one was aborted. */
  summary: boolean;
}

/** The bot's comments with failures that stand now, oldest first. */
export const reportsIn = ({ comments, isBot }: Pick<CommentNews, "comments" | "isBot">): IssueComment[] =>
  comments.filter(({ user, body }) => isBot(user.login) && isReport(body));

/** A new failure is a new comment, so that people are notified; otherwise the present one is edited, or goes. */
export function commentEffects(news: CommentNews): GitHubEffect[] {
  const { jobs, summary } = news;
  const [first] = jobs;
  const refs = first?.spec.refs;
  const pull = refs?.pulls?.[0];
  if (!refs || !pull) return [];
  const repo = { org: refs.org, repo: refs.repo };
  const reports = reportsIn(news);
  const failures = jobs.filter((job) => job.status.state === "failure");
  const rows = [...keptRows(reports, jobs), ...failures.map(row)];
  const wanted = rows.length > 0 || (summary && !jobs.some((job) => job.status.state === "aborted"));
  const body = wanted ? commentBody(pull.author, rows, news.footer) : undefined;
  const latest =
    failures.length === 0 && rows.length > 0
      ? reports.at(-1)
      : // Who was here before us did not come to write it down.
        reports.find((report) => says(report, body));
  const notify = failures.length > 0 && { notify: true as const };
  const write: GitHubEffect[] = [];
  if (body !== undefined && !latest)
    write.push({ do: "createComment", issue: { ...repo, number: pull.number }, body, ...notify });
  if (body !== undefined && latest && !says(latest, body)) {
    write.push({ do: "editComment", repo, id: latest.id, body });
  }
  // Deleted last: when this is cut short the rows are still there, and the next report tidies up.
  const old = reports.filter((report) => report !== latest);
  return [...write, ...old.map(({ id }): GitHubEffect => ({ do: "deleteComment", repo, id }))];
}

/** Said once for a commit and context. */
export function fullComment(context: string, sha: string): { body: string; marker: string } {
  const marker = `GitHub keeps no more than 1,000 statuses for one commit and context, and has so many of \`${context}\` on ${sha}: what it shows there does not change any more.`;
  return { marker, body: `${marker} To have its results shown again, push a new commit.` };
}

const says = (report: IssueComment, body: string | undefined): boolean =>
  body !== undefined && sameText(report.body, body);

/** Rows of earlier comments about other contexts than those reported now; of several about one the last counts. */
function keptRows(reports: readonly IssueComment[], jobs: readonly ProwJob[]): string[] {
  const rows = reports.flatMap(({ body }) => rowsOf(body));
  const reported = new Set(jobs.map((job) => job.spec.context ?? ""));
  const contexts = rows.map((text) => text.split(" | ")[0] ?? "");
  return rows.filter((_, index) => {
    const context = contexts[index] ?? "";
    return contexts.lastIndexOf(context) === index && !reported.has(context);
  });
}

/** The lines between `---` and the next blank line. */
function rowsOf(body: string): string[] {
  const rows: string[] = [];
  let inTable = false;
  for (const line of body.split("\n").map((text) => text.trim())) {
    if (line.startsWith("---")) inTable = true;
    else if (line === "") inTable = false;
    else if (inTable) rows.push(line);
  }
  return rows;
}

const row = ({ metadata, spec, status }: ProwJob): string =>
  [
    spec.context ?? "",
    spec.refs?.pulls?.[0]?.sha ?? "",
    `[link](${status.url ?? ""})`,
    spec.type === "presubmit" ? required(metadata.labels?.[IS_OPTIONAL_LABEL]) : "unknown",
    `\`${spec.rerun_command ?? ""}\``,
  ].join(" | ");

const required = (optional: string | undefined): string =>
  optional === "true" ? "false" : optional === "false" ? "true" : "unknown";

function commentBody(author: string, rows: readonly string[], footer: string | undefined): string {
  const tests = rows.length > 1 ? "tests" : "test";
  const head =
    rows.length > 0
      ? [
          `@${author}: The following ${tests} **failed**, say \`/retest\` to rerun all failed tests or \`/retest-required\` to rerun all mandatory failed tests:`,
          "",
          "Test name | Commit | Details | Required | Rerun command",
          "--- | --- | --- | --- | ---",
        ]
      : [`@${author}: all tests **passed!**`, ""];
  return [
    ...head,
    ...rows,
    ...(footer === undefined ? [] : ["", footer]),
    ...["", "<details>", "", ABOUT_THIS_BOT, "</details>", TEST_REPORT],
  ].join("\n");
}
