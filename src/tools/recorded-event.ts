// Which webhook event a payload is: by its file's name, or by what is in it.
import { isRecord } from "../lib/schema.ts";

/** Events whose payload has a key of the same name, before those that other events' payloads have too. */
const BY_KEY = [
  "check_run",
  "check_suite",
  "workflow_run",
  "workflow_job",
  "deployment_status",
  "deployment",
  "release",
  "discussion",
  "forkee",
  "merge_group",
] as const;

/** The event in a name such as `issue_comment.json` or `pull_request.opened.json`. */
export function eventOfName(file: string, known: readonly string[]): string | undefined {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.json$/, "");
  const word = name.split(/[.\-\s]/)[0] ?? "";
  return known.includes(word) ? word : undefined;
}

/** undefined when nobody could tell. */
export function eventOfShape(payload: Record<string, unknown>): string | undefined {
  const has = (key: string) => isRecord(payload[key]);
  if (has("comment")) {
    if (has("issue")) return "issue_comment";
    return has("pull_request") ? "pull_request_review_comment" : "commit_comment";
  }
  if (has("review")) return "pull_request_review";
  const named = BY_KEY.find(has);
  if (named) return named === "forkee" ? "fork" : named;
  if (has("pull_request")) return "pull_request";
  if (has("issue")) return "issues";
  if (typeof payload["ref"] === "string" && typeof payload["after"] === "string") return "push";
  return typeof payload["sha"] === "string" && typeof payload["context"] === "string" ? "status" : undefined;
}
