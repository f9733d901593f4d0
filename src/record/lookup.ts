// Finds the entries of a pull request or of a ProwJob by way of the subjects that entries are kept under.
import type { Entry, RecordRead } from "./port.ts";
import { commitSubject, deliverySubject, prowjobSubject, pullSubject } from "./subjects.ts";

/** What is about any of these subjects, the oldest first; of more than `limit` the newest. */
export type About = (subjects: readonly string[], limit: number) => Promise<Entry[]>;

/** Commits of one pull request that are looked at: the newest. */
const MOST_COMMITS = 100;

export function lookup(about: About): RecordRead {
  return {
    async pull({ org, repo, number }, limit) {
      const own = pullSubject(org, repo, number);
      const first = await about([own], limit);
      // A status tells only its commit, a job after the merge only the commit that the merge made.
      const shas = [...new Set(first.flatMap((entry) => ofRepo(entry, org, repo)))].slice(-MOST_COMMITS);
      if (shas.length === 0) return first;
      return about([own, ...shas.map((sha) => commitSubject(org, repo, sha))], limit);
    },
    async prowjob(name, limit) {
      const own = await about([prowjobSubject(name)], limit);
      const guid = own.find((entry) => entry.guid)?.guid;
      if (!guid) return own;
      const events = (await about([deliverySubject(guid)], limit)).filter(({ kind }) => kind === "event");
      return [...events, ...own].slice(-limit);
    },
  };
}

const ofRepo = ({ org, repo, shas = [] }: Entry, ...[inOrg, inRepo]: [string, string]): readonly string[] =>
  org?.toLowerCase() === inOrg.toLowerCase() && repo?.toLowerCase() === inRepo.toLowerCase() ? shas : [];
