// GitHub's routes as its documentation writes them, and how they are filled in.

import type { IssueRef, RepoRef } from "../model/github.ts";
import { GitHubError } from "./error.ts";

export const REPO = "/repos/{owner}/{repo}";
export const ISSUE = `${REPO}/issues/{number}`;
export const PULL = `${REPO}/pulls/{number}`;

export const inRepo = ({ org, repo }: RepoRef) => ({ owner: org, repo });
export const inIssue = (issue: IssueRef) => ({ ...inRepo(issue), number: issue.number });

export type Parameters = Readonly<Record<string, unknown>>;

export interface Routed {
  method: string;
  /** From the host on; a whole address where the route is one. */
  path: string;
  /** JSON. */
  body?: string;
}

/** Without a value it is left out. `+`: slashes in it stay. */
const VARIABLE = /\{(\+?)(\w+)\}/g;

/**
 * Fills `GET /repos/{owner}/{repo}` in; what the path does not name goes into the query of a read and the body of a write.
 * Throws GitHubError (404) where a name is none: an address with `..` or nothing in its place would be another's.
 */
export function routed(route: string, parameters: Parameters): Routed {
  const space = route.indexOf(" ");
  const method = route.slice(0, space);
  const named = new Set<string>();
  const path = route.slice(space + 1).replace(VARIABLE, (_, whole: string, name: string) => {
    named.add(name);
    const value = String(parameters[name] ?? "").toWellFormed();
    const parts = whole ? value.split("/") : [value];
    if (parts.some((part) => part === "." || part === "..") || (value === "" && !whole))
      throw new GitHubError(404, `${route}: ${JSON.stringify(value)} is no ${name}`);
    return parts.map(encodeURIComponent).join("/");
  });
  const rest = Object.entries(parameters).filter(([name, value]) => value !== undefined && !named.has(name));
  // As of the root of a repository's contents.
  const place = path.endsWith("/") ? path.slice(0, -1) : path;
  if (rest.length === 0) return { method, path: place };
  if (method !== "GET") return { method, path: place, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = rest.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  return { method, path: `${place}${place.includes("?") ? "&" : "?"}${query}` };
}
