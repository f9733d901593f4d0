// What a webhook tells of, named by what GitHub itself can be asked for later: so that what never came can be found out.
import { hash } from "node:crypto";
import { isRecord } from "../lib/schema.ts";
import { subjectOf } from "./delivery.ts";

export const openedName = (pr: string): string => `opened ${pr}`;
export const headName = (pr: string, sha: string): string => `head ${pr} ${sha}`;
/** It tells of the head, too, but is more than that head: it may have been worked on before, and been closed since. */
export const reopenedName = (pr: string, sha: string): string => `reopened ${pr} ${sha}`;
export const commentName = (pr: string, id: number): string => `comment ${pr} ${id}`;
export const reviewName = (pr: string, id: number): string => `review ${pr} ${id}`;
const reviewCommentName = (pr: string, id: number): string => `review-comment ${pr} ${id}`;
/** Of a set of labels: nothing tells one labelling from another. */
export function labelsName(pr: string, labels: readonly string[]): string {
  const digest = hash("sha256", JSON.stringify([...labels].sort()));
  return `labels ${pr} ${digest.slice(0, 32)}`;
}

/** What is no commit names no happening: names are kept for days. */
const SHA = /^[0-9a-f]{1,64}$/;

type Fields = Record<string, unknown>;

const at = (holder: unknown, key: string): unknown => (isRecord(holder) ? holder[key] : undefined);

/** Names of what a pull request's webhook tells of; none for anything else. Never throws: a payload may be anything. */
export function namesOf(event: string, payload: Fields): string[] {
  const holder = payload["pull_request"] ?? payload["issue"];
  const number = at(holder, "number");
  const subject = subjectOf(payload).toLowerCase();
  if (typeof number !== "number" || subject === "") return [];
  const pr = `${subject}#${number}`;
  const action = payload["action"];
  if (event === "pull_request") return namesOfPull(pr, String(action), holder);
  const told = TOLD_BY[`${event}.${String(action)}`];
  const id = at(payload[told?.field ?? ""], "id");
  return told && typeof id === "number" ? [told.name(pr, id)] : [];
}

/** When what it tells was so, by GitHub's clock, in milliseconds since 1970; 0 of what happens only once. Never throws. */
export function asOf(event: string, payload: Fields): number {
  // Only a head can be come back to.
  const time = event === "pull_request" ? at(payload["pull_request"], "updated_at") : undefined;
  return typeof time === "string" ? Date.parse(time) || 0 : 0;
}

const TOLD_BY: Record<string, { field: string; name: (pr: string, id: number) => string }> = {
  "issue_comment.created": { field: "comment", name: commentName },
  "pull_request_review.submitted": { field: "review", name: reviewName },
  "pull_request_review_comment.created": { field: "comment", name: reviewCommentName },
};

function namesOfPull(pr: string, action: string, pull: unknown): string[] {
  const names: string[] = [];
  const sha = at(at(pull, "head"), "sha");
  if (action === "opened") names.push(openedName(pr));
  if (typeof sha === "string" && SHA.test(sha)) {
    if (action === "opened" || action === "synchronize") names.push(headName(pr, sha));
    if (action === "reopened") names.push(reopenedName(pr, sha));
  }
  const labels = at(pull, "labels");
  if (Array.isArray(labels) && labels.length < 1_000) {
    const told = labels.map((label) => at(label, "name"));
    names.push(
      labelsName(
        pr,
        told.filter((name) => typeof name === "string"),
      ),
    );
  }
  return names;
}
