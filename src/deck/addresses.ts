// Addresses of deck's own pages, for links from one to another.
import type { IssueRef } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";

/** The page of one run in this deck, whatever address `status.url` names. */
export const jobPath = ({ metadata }: ProwJob): string => `/prowjob-view/${metadata.name}`;

/** The page of one pull request. */
export const pullPath = ({ org, repo, number }: IssueRef): string =>
  `/pr-history?${new URLSearchParams({ org, repo, pr: String(number) })}`;

/** The page of why it is where it is. */
export const whyPath = ({ org, repo, number }: IssueRef, more: Record<string, string> = {}): string =>
  `/why?${new URLSearchParams({ org, repo, pr: String(number), ...more })}`;
