// Problem matchers as GitHub Actions has them: what lines of a log say of files.
import type { MatcherPattern, ProblemMatcher } from "../../config/github-reporter.ts";
import { type Regex, regex } from "../../lib/re2.ts";

export interface Problem {
  file: string;
  fromPath?: string;
  line: number;
  column?: number;
  severity: "error" | "warning" | "notice";
  code?: string;
  message: string;
  owner: string;
}

/** Line after line; returns the problem that this line completes. */
export type Match = (line: string) => Problem | undefined;

type Fields = Partial<Record<Exclude<keyof MatcherPattern, "regexp" | "loop">, string>>;

/** The matcher has no fault. */
export function problemMatcher({ owner = "", severity, pattern = [] }: ProblemMatcher): Match {
  const steps = pattern.map((step) => ({ ...step, program: regex(step.regexp ?? "") }));
  const last = steps.length - 1;
  /** What the lines before have matched, by step. */
  let running: (Fields | undefined)[] = [];
  return (line) => {
    let found: Fields | undefined;
    // The later steps first: one line is no two steps of a problem.
    for (let at = last; at >= 0; at--) {
      const before = at === 0 ? {} : running[at - 1];
      if (!before) continue;
      const match = matched(steps[at]!, line);
      if (at < last) {
        running[at] = match && { ...before, ...match };
        continue;
      }
      if (match) {
        found = { ...before, ...match };
        running = [];
        if (steps[at]!.loop) running[at - 1] = before;
        break;
      }
      if (at > 0) running[at - 1] = undefined;
    }
    return found && problemOf(found, owner, severity);
  };
}

const FIELDS = ["file", "fromPath", "line", "column", "severity", "code", "message"] as const;

function matched(step: MatcherPattern & { program: Regex }, line: string): Fields | undefined {
  const groups = step.program.exec(line);
  if (!groups) return undefined;
  const fields: Fields = {};
  for (const field of FIELDS) {
    const group = step[field];
    const text = group ? groups[group]?.trim() : undefined;
    if (text) fields[field] = text;
  }
  return fields;
}

/** A problem that is in no file or no line can be shown nowhere. */
function problemOf(fields: Fields, owner: string, severity: string | undefined): Problem | undefined {
  const { file, fromPath, code, message } = fields;
  const line = Number(fields.line);
  const column = Number(fields.column);
  if (!file || !message || !Number.isSafeInteger(line) || line < 1) return undefined;
  return {
    ...{ file, line, message, owner, severity: severityOf(fields.severity ?? severity) },
    ...(fromPath && { fromPath }),
    ...(code && { code }),
    ...(Number.isSafeInteger(column) && column > 0 && { column }),
  };
}

function severityOf(word: string | undefined): Problem["severity"] {
  const lower = word?.toLowerCase();
  return lower === "warning" || lower === "notice" ? lower : "error";
}
