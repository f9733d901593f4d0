// Pull requests on which no comment with failures stands: nothing can be tidied up there, so nobody needs to look.
import type { ObjectStore } from "../kube/port.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import { repoName } from "../model/github.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { Refs } from "../model/refs.ts";

export interface CleanPulls {
  /** Seen without such a comment, and no job that is still there has failed since or before, whoever reported it. */
  has(refs: Refs): boolean;
  /** Its comments were read just now. */
  saw(refs: Refs, isClean: boolean): void;
}

const MOST = 10_000;

export function cleanPulls(prowJobs: ObjectStore<ProwJob>): CleanPulls {
  const clean = boundedMap<true>(MOST);
  return {
    has(refs) {
      const key = keyOf(refs);
      if (!clean.get(key)) return false;
      return !prowJobs
        .list()
        .some(({ spec, status }) => status.state === "failure" && spec.refs && keyOf(spec.refs) === key);
    },
    saw(refs, isClean) {
      if (isClean) clean.set(keyOf(refs), true);
      else clean.delete(keyOf(refs));
    },
  };
}

const keyOf = (refs: Refs): string => `${repoName(refs)}#${refs.pulls?.[0]?.number}`;
