// Which commit a branch was at when somebody wrote something, as far as that is certain.
import type { BranchMove } from "../../model/github.ts";

/**
 * The head before `at`, when nothing has moved the branch since; undefined when that can not be told. Times have whole
 * seconds, so a push in the very second of the comment may have come after it.
 */
export function headAt(moves: readonly BranchMove[], at: string): string | undefined {
  const time = Date.parse(at);
  const times = moves.map(({ timestamp }) => Date.parse(timestamp));
  const latest = Math.max(...times);
  // Not `latest >= time`: without moves, and with a time that is none, nothing is known.
  if (!(latest < time) || moves.length === 0) return undefined;
  const heads = new Set(moves.filter((_, index) => times[index] === latest).map(({ after }) => after));
  return heads.size === 1 ? [...heads][0] : undefined;
}
