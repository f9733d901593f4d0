// What a guest may ask of GitHub for a repository: that repository, and what says nothing of another one.
import type { RawRequest } from "../github/port.ts";
import type { RepoRef } from "../model/github.ts";

export interface Scope {
  repo: RepoRef;
  /** GitHub itself holds the guest to the repository: it has an App's narrowed token. */
  narrowed: boolean;
}

/**
 * The request as it may be sent, and with whose authority; or why not. With a `number` only if that is the repository's,
 * as GitHub tells it: addresses of further pages have it instead of a name, and what a payload says of it proves nothing.
 */
export type Verdict = { path: string; as: RepoRef; number?: string } | { refused: string };

/** Reads of people and of the org that a token of ours gives: no other repository is in them. */
const ABOUT_PEOPLE =
  /^\/(user|users\/[^/]+(\/orgs)?|orgs\/[^/]+(\/(members|public_members|memberships)(\/.*)?|\/teams(\/[^/]+(\/(members|memberships|teams)(\/.*)?)?)?)?|rate_limit|meta|emojis|licenses(\/[^/]+)?|gitignore\/.*)$/;
const RENDERING = /^\/markdown(\/raw)?$/;

export function mayAsk({ repo, narrowed }: Scope, { method, path }: RawRequest): Verdict {
  const url = URL.parse(path, "http://github.invalid");
  // Dots that climb are gone now, and what is judged is what is sent.
  if (url?.host !== "github.invalid")
    return { refused: `${JSON.stringify(path)} is no path of GitHub's API` };
  const { pathname } = url;
  const as = repo;
  const sent = { path: pathname + url.search, as };
  // Dots behind an encoded slash are still there: a server that decodes them first would climb.
  if (pathname.split("/").some((segment) => plain(segment).split(/[/\\]/).includes("..")))
    return { refused: `${JSON.stringify(path)} leaves its place` };
  const reads = method === "GET" || method === "HEAD";
  const [, first = "", owner = "", name = "", ...rest] = pathname.split("/").map(plain);
  if (first === "repos" && same(owner, repo.org) && same(name, repo.repo)) return sent;
  if (first === "repositories") return reads && narrowed ? sent : { ...sent, number: owner };
  // The settings that an org keeps for all its repositories, where Probot looks for an app's configuration.
  const shared = first === "repos" && same(owner, repo.org) && same(name, ".github");
  if (reads && shared && rest[0] === "contents") return { ...sent, as: { org: repo.org, repo: "" } };
  if (method === "POST" && RENDERING.test(pathname)) return sent;
  if (pathname === "/graphql") {
    return narrowed
      ? sent
      : {
          refused:
            "GraphQL cannot be held to one repository with a token; run Cutwater as a GitHub App for it",
        };
  }
  if (reads && (narrowed || ABOUT_PEOPLE.test(pathname))) return sent;
  return { refused: `it may act on ${repo.org}/${repo.repo} only, not ${method} ${pathname}` };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function plain(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
