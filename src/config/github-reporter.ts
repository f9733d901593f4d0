// How results and the bot's words appear on GitHub: `github_reporter`, with what Cutwater adds to Prow's.
import { type Regex, RegexError, regex } from "../lib/re2.ts";
import {
  boolean,
  type Infer,
  integer,
  likelyOneOf,
  list,
  map,
  object,
  oneOf,
  type Path,
  string,
} from "../lib/schema.ts";
import type { RepoRef } from "../model/github.ts";
import { PROW_JOB_TYPES } from "../model/prowjob.ts";
import type { Config } from "./config.ts";
import type { Blame } from "./fault.ts";
import { forRepo } from "./for-repo.ts";

/** As GitHub Actions has them; groups are counted from 1. */
const matcherPatternSchema = object({
  regexp: string("In RE2 syntax."),
  file: integer("Group of the file's path."),
  fromPath: integer("Group of a file from whose directory `file` is."),
  line: integer("Group of the line's number."),
  column: integer("Group of the column's number."),
  severity: integer("Group that says error, warning or notice."),
  code: integer("Group of the problem's name."),
  message: integer("Group of the message."),
  loop: boolean("The last pattern goes on matching the lines that follow."),
});

export const problemMatcherSchema = object({
  owner: string("Its name."),
  severity: string("error, warning or notice, where the pattern does not say. Default: error."),
  pattern: list(matcherPatternSchema, "One for each line of a problem."),
});
export type ProblemMatcher = Infer<typeof problemMatcherSchema>;
export type MatcherPattern = Infer<typeof matcherPatternSchema>;

export const githubReporterSchema = object({
  job_types_to_report: list(likelyOneOf(PROW_JOB_TYPES)),
  no_comment_repos: list(string()),
  summary_comment_repos: list(string()),
  comments: map(
    oneOf(["single", "separate"]),
    "By org/repo, org or *: `single` puts all that the bot says on a pull request into one comment. Cutwater's own.",
  ),
  reports: map(
    oneOf(["checks", "statuses"]),
    "By org/repo, org or *: `checks` reports results as check runs; needs a GitHub App. Cutwater's own.",
  ),
  problem_matchers: map(
    list(problemMatcherSchema),
    "By org/repo, org or *: what in a build log becomes an annotation of the check run. Cutwater's own.",
  ),
});

export const reportsChecks = ({ github_reporter }: Pick<Config, "github_reporter">, repo: RepoRef): boolean =>
  forRepo(github_reporter.reports, repo) === "checks";

/** Whether any repository's results may be check runs. */
export const anyChecks = ({ github_reporter }: Pick<Config, "github_reporter">): boolean =>
  Object.values(github_reporter.reports ?? {}).includes("checks");

export function checkGitHubReporter(reporter: Infer<typeof githubReporterSchema>, blame: Blame): void {
  for (const type of reporter.job_types_to_report ?? []) {
    if (type !== "presubmit" && type !== "postsubmit")
      blame(`invalid job_types_to_report: ${type}`, ["github_reporter", "job_types_to_report"]);
  }
  for (const [repo, matchers] of Object.entries(reporter.problem_matchers ?? {})) {
    for (const [at, matcher] of matchers.entries()) {
      const fault = matcherFault(matcher);
      if (fault)
        blame(`problem matcher "${matcher.owner ?? ""}" ${fault.what}`, [
          ...["github_reporter", "problem_matchers", repo, at],
          ...fault.path,
        ]);
    }
  }
}

/** More would only cost time: each line is tried with all. */
const MOST_PATTERNS = 10;

/** Why a matcher cannot be used, and where in it. */
export function matcherFault({ pattern = [] }: ProblemMatcher): { what: string; path: Path } | undefined {
  if (pattern.length === 0) return { what: "has no pattern", path: ["pattern"] };
  if (pattern.length > MOST_PATTERNS)
    return { what: `has more than ${MOST_PATTERNS} patterns`, path: ["pattern"] };
  for (const [at, { regexp = "", loop }] of pattern.entries()) {
    const path = ["pattern", at, "regexp"];
    const compiled = compile(regexp);
    if (typeof compiled === "string") return { what: compiled, path };
    if (!regexp) return { what: "has a pattern without regexp", path };
    if (loop && (at === 0 || at + 1 < pattern.length))
      return { what: "may loop only over the last of several patterns", path: ["pattern", at, "loop"] };
  }
  if (!pattern.some(({ message }) => message)) return { what: "takes no message", path: ["pattern"] };
  return undefined;
}

function compile(regexp: string): Regex | string {
  try {
    return regex(regexp);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    return `has a regexp that RE2 refuses: ${error.message}`;
  }
}
