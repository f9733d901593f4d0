// Beginnings of GitHub's routes, and what fills them in.
import type { IssueRef, RepoRef } from "../model/github.ts";

export const REPO = "/repos/{owner}/{repo}";
export const ISSUE = `${REPO}/issues/{number}`;
export const PULL = `${REPO}/pulls/{number}`;

export const inRepo = ({ org, repo }: RepoRef) => ({ owner: org, repo });
export const inIssue = (issue: IssueRef) => ({ ...inRepo(issue), number: issue.number });

/** For `{+name}` in a route: slashes stay, everything else is encoded. */
export const segments = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
