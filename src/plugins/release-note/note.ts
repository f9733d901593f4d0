// The release note in a description: where it stands, and which label it asks for.
import { regex } from "../../lib/re2.ts";
import type { Effect } from "../../model/effect.ts";
import type { IssueRef } from "../../model/github.ts";
import { hasLabel, RELEASE_NOTE_NEEDED } from "../../model/labels.ts";
import { labelChange } from "../label-change.ts";

export const RELEASE_NOTE = "release-note";
export const ACTION_REQUIRED = "release-note-action-required";
export const NONE = "release-note-none";
export const DEPRECATION = "kind/deprecation";
/** Of these a pull request has one. */
export const NOTE_LABELS = [NONE, ACTION_REQUIRED, RELEASE_NOTE_NEEDED, RELEASE_NOTE];

const BLOCK = regex(
  "(?s)(?:Release note\\*\\*:\\s*(?:<!--[^<>]*-->\\s*)?```(?:release-note)?|```release-note)(.+?)```",
);
const SAYS_NONE = regex("(?i)^\\W*(NONE|NO)\\W*$");
const FENCE = "```";

/** "" when there is none. */
export const noteIn = (text: string): string => (BLOCK.exec(text)?.[1] ?? "").trim();

/** The text with another note in its first block; undefined when it has none. */
export function withNote(text: string, note: string): string | undefined {
  const [block = "", old = ""] = BLOCK.exec(text) ?? [];
  if (block === "") return undefined;
  // A block starts where its like first stands, and its note ends before its closing fence.
  const end = text.indexOf(block) + block.length - FENCE.length;
  return `${text.slice(0, end - old.length)}\r\n${note}\r\n${text.slice(end)}`;
}

/** The label that the description asks for, given those that are set. */
export function labelFor(description: string, labels: readonly string[]): string {
  const note = noteIn(description).toLowerCase();
  const isDeprecation = labels.includes(DEPRECATION);
  if (note === "") return !isDeprecation && labels.includes(NONE) ? NONE : RELEASE_NOTE_NEEDED;
  if (SAYS_NONE.test(note)) return isDeprecation ? RELEASE_NOTE_NEEDED : NONE;
  return note.includes("action required") ? ACTION_REQUIRED : RELEASE_NOTE;
}

/** That label of them all. */
export const setLabel = (issue: IssueRef, wanted: string, labels: readonly string[]): Effect[] => [
  ...labelChange(issue, wanted, labels.includes(wanted), true),
  ...NOTE_LABELS.filter((label) => label !== wanted).flatMap((label) =>
    labelChange(issue, label, labels.includes(label), false),
  ),
];

/** Whether the labels tell of a note that people are to read. */
export const tellsOfNote = (labels: readonly { name: string }[]): boolean =>
  hasLabel(RELEASE_NOTE, labels) || hasLabel(ACTION_REQUIRED, labels);
