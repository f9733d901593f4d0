// What becomes of the one comment: a part added, changed or taken out, and two versions of it made one.
import { timestamp } from "../../lib/timestamp.ts";
import type { OneComment, Part } from "./document.ts";

export type Change =
  | { add: { id: number; body: string } }
  | { edit: { id: number; body: string } }
  | { remove: { id: number } };

/** Each write is remembered for longer than two processes can be at it side by side. */
const REMEMBERED_WRITES = 32;
const REMEMBERED_GONE = 64;

/** The same comment when there is nothing to do. Adding a part that is there changes nothing. */
export function changed(comment: OneComment, change: Change, now: string): OneComment {
  const { parts } = comment;
  if ("add" in change) {
    if (parts.some(({ id }) => id === change.add.id)) return comment;
    return { ...comment, parts: [...parts, { ...change.add, edits: 0, created: now, updated: now }] };
  }
  const { id } = "edit" in change ? change.edit : change.remove;
  const old = parts.find((part) => part.id === id);
  if (!old || ("edit" in change && old.body === change.edit.body)) return comment;
  if ("remove" in change) {
    const gone = [...comment.gone, id].slice(-REMEMBERED_GONE);
    return { ...comment, parts: parts.filter((part) => part !== old), gone };
  }
  // An edit within the second of the creation must still be seen as one: lgtm trusts no comment that was edited.
  const updated = now > old.created ? now : secondAfter(old.created);
  const edited: Part = { ...old, body: change.edit.body, edits: old.edits + 1, updated };
  return { ...comment, parts: parts.map((part) => (part === old ? edited : part)) };
}

export const secondAfter = (time: string): string => timestamp(new Date((Date.parse(time) || 0) + 1000));

export const withWrite = (comment: OneComment, write: string): OneComment => ({
  ...comment,
  writes: [...comment.writes.filter((other) => other !== write), write].slice(-REMEMBERED_WRITES),
});

/** Whether all that `other` has stands in this one, or was taken out of it on purpose. */
export const isBuiltOn = (comment: OneComment, other: OneComment): boolean =>
  other.writes.length === 0 || comment.writes.includes(other.writes.at(-1)!);

/** What either has: of a part the version that was edited most often, and none that either has taken out. */
export function united(comments: readonly OneComment[]): OneComment | undefined {
  return comments.length === 0 ? undefined : comments.reduce(unitedTwo);
}

function unitedTwo(older: OneComment, newer: OneComment): OneComment {
  const gone = [...new Set([...older.gone, ...newer.gone])];
  const parts = new Map(older.parts.map((part) => [part.id, part]));
  for (const part of newer.parts) {
    const known = parts.get(part.id);
    if (!known || part.edits >= known.edits) parts.set(part.id, part);
  }
  for (const id of gone) parts.delete(id);
  // The last one of the older is how others see that it is in here: it must not be the next to be forgotten.
  const last = older.writes.at(-1);
  const own = newer.writes.filter((write) => write !== last);
  const others = older.writes.filter((write) => !own.includes(write)).slice(-REMEMBERED_WRITES / 2);
  return {
    parts: [...parts.values()],
    writes: [...own, ...others].slice(-REMEMBERED_WRITES),
    gone: gone.slice(-REMEMBERED_GONE),
    posts: Math.max(older.posts, newer.posts),
  };
}
