// What the entries of the record are found by: pull requests and issues, commits, ProwJobs, deliveries.
import { issueName } from "../model/github.ts";
import type { Entry } from "./port.ts";

type About = Pick<Entry, "kind" | "org" | "repo" | "pulls" | "shas" | "prowjob" | "guid">;

/** GitHub does not tell names apart by case. */
export const pullSubject = (org: string, repo: string, number: number): string =>
  issueName({ org, repo, number }).toLowerCase();
export const commitSubject = (org: string, repo: string, sha: string): string =>
  `${org}/${repo}@${sha}`.toLowerCase();
export const prowjobSubject = (name: string): string => `prowjob ${name}`;
export const deliverySubject = (guid: string): string => `delivery ${guid}`;

/** An entry may claim no more, so that one cannot fill the index: a batch, or a commit of several pull requests. */
const MOST = 32;

export function subjectsOf({ kind, org, repo, pulls = [], shas = [], prowjob, guid }: About): string[] {
  const ofRepo =
    org && repo
      ? [
          ...pulls.map((number) => pullSubject(org, repo, number)),
          ...shas.map((sha) => commitSubject(org, repo, sha)),
        ]
      : [];
  return [
    ...new Set([
      ...(prowjob ? [prowjobSubject(prowjob)] : []),
      // By its delivery only the event is asked for.
      ...(guid && kind === "event" ? [deliverySubject(guid)] : []),
      ...ofRepo,
    ]),
  ].slice(0, MOST);
}
