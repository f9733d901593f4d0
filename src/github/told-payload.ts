// What is told to others of a webhook: what hearing looks at, and of a long one no more than what to forget by it.
import type { IssueComment } from "../model/github.ts";

/** One of which only the id is known cannot be taken in: the conversation is forgotten. */
export type ToldComment = Pick<IssueComment, "id"> & Partial<IssueComment>;

const LOOKED_AT = new Set(
  "action assignee comment issue label organization pull_request ref repository".split(" "),
);
const LEFT_OUT = new Set("__proto__ _links performed_via_github_app reactions sender".split(" "));

/** By which what is known of a pull request is made or changed, its body too; by any other it is forgotten. */
const TOLD_WHOLE = new Set("opened labeled unlabeled assigned unassigned".split(" "));

type Json = Record<string, unknown>;

/** The rest of a payload is most of it. */
export function slim(event: string, payload: Json): Json {
  const isWhole = event === "pull_request" && TOLD_WHOLE.has(String(payload.action));
  const bodiless = new Set<unknown>([payload.issue, ...(isWhole ? [] : [payload.pull_request])]);
  const copy = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(copy);
    const kept: Json = {};
    for (const [key, inner] of Object.entries(value)) {
      const isAddress = key.endsWith("_url") && key !== "html_url";
      if (isAddress || LEFT_OUT.has(key) || (key === "body" && bodiless.has(value))) continue;
      kept[key] = copy(inner);
    }
    return kept;
  };
  return copy(Object.fromEntries(Object.entries(payload).filter(([key]) => LOOKED_AT.has(key)))) as Json;
}

/** What it is about, and nothing by which it could be taken for news: hearing forgets all that it may have changed. */
export const shortest = (payload: Json): Json => ({
  ...only(payload, "action", "ref"),
  ...of(payload, "repository", (it) => ({ ...only(it, "name", "full_name"), ...of(it, "owner", ownerOf) })),
  ...of(payload, "organization", ownerOf),
  ...of(payload, "issue", (it) => only(it, "number")),
  ...of(payload, "pull_request", (it) => only(it, "number")),
  ...of(payload, "comment", (it) => only(it, "id")),
});

const ownerOf = (owner: Json): Json => only(owner, "login", "name");

const only = (from: Json, ...keys: string[]): Json =>
  Object.fromEntries(keys.filter((key) => key in from && isShort(from[key])).map((key) => [key, from[key]]));

/** Longer ones are none of GitHub's; without them all of the repository is forgotten. */
const isShort = (value: unknown): boolean =>
  typeof value === "number" || (typeof value === "string" && value.length <= 300);

const of = (from: Json, key: string, shorter: (inner: Json) => Json): Json => {
  const inner = from[key];
  return typeof inner === "object" && inner !== null ? { [key]: shorter(inner as Json) } : {};
};
