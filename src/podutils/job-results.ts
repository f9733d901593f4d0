// started.json and finished.json, as deck, crier and TestGrid read them.
import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../lib/schema.ts";
import type { CloneRecord } from "../model/clone-record.ts";
import { repoName } from "../model/github.ts";
import { JOB_SPEC, type JobSpec } from "../model/job-spec.ts";
import { allRefs, type Refs, refsString, revisionOf, testedRefs } from "../model/refs.ts";
import { type Env, optionsFrom } from "./utility.ts";

/** The job that this pod runs. Throws OptionsError. */
export const jobSpecFrom = (env: Env): JobSpec => optionsFrom<JobSpec>(env, JOB_SPEC);

export interface Started {
  timestamp: number;
  pull?: string;
  repos?: Record<string, string>;
  "repo-version"?: string;
  "repo-commit"?: string;
}

export interface Finished {
  timestamp: number;
  passed: boolean;
  result: "SUCCESS" | "FAILURE" | "ABORTED";
  revision?: string;
  metadata?: Record<string, unknown>;
}

const seconds = (now: Date): number => Math.floor(now.getTime() / 1000);

/** The commit is the one that was cloned, merges included, when the records know it. */
export function started(spec: JobSpec, records: CloneRecord[], now: Date): Started {
  const main = testedRefs(spec);
  const cloned = main && records.find(({ refs }) => isDeepStrictEqual(plain(refs), plain(main)))?.final_sha;
  const version = cloned || revisionOf(spec);
  const all = allRefs(spec);
  const pull = spec.refs?.pulls?.[0]?.number;
  const repos = Object.fromEntries(all.map((refs) => [repoName(refs), refsString(refs)]));
  return {
    timestamp: seconds(now),
    ...(pull !== undefined && { pull: String(pull) }),
    ...(all.length > 0 && { repos: sorted(repos) as Started["repos"] }),
    ...(version && { "repo-commit": version, "repo-version": version }),
  };
}

export const finished = (
  result: Finished["result"],
  now: Date,
  more: Pick<Finished, "revision" | "metadata"> = {},
): Finished => ({
  timestamp: seconds(now),
  passed: result === "SUCCESS",
  ...(more.metadata &&
    Object.keys(more.metadata).length > 0 && { metadata: sorted(more.metadata) as Finished["metadata"] }),
  result,
  ...(more.revision && { revision: more.revision }),
});

/** As Go writes it: what could end a script of a page is escaped. */
export const resultText = (result: Started | Finished): string =>
  JSON.stringify(result).replace(
    /[<>&\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** With the keys of all maps in the order in which Go writes them: by their bytes. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const byBytes = ([one]: [string, unknown], [other]: [string, unknown]) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other));
  return Object.fromEntries(
    Object.entries(value)
      .sort(byBytes)
      .map(([key, below]) => [key, sorted(below)]),
  );
}

/** Without the fields that are empty: one side may have them written out. */
const plain = (refs: Refs): unknown =>
  JSON.parse(JSON.stringify(refs, (_key, value) => (value === "" || value === false ? undefined : value)));
