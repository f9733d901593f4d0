// The verdict on object storage: what each job that has ended left there is there, right, once, and not overwritten.
import { isDeepStrictEqual } from "node:util";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { ORG } from "../stage/people.ts";
import type { Verdict } from "./check.ts";
import type { Stored } from "./storage.ts";

type Content = Record<string, unknown>;

/** Each file, and what in it has to agree with the ProwJob. */
const FILES: Readonly<Record<string, (content: Content, job: ProwJob) => boolean>> = {
  "started.json": ({ timestamp, pull, metadata, ...more }, { spec, status }) =>
    timestamp === seconds(status.startTime) &&
    pull === `${spec.refs?.pulls?.[0]?.number}` &&
    isDeepStrictEqual(metadata, { uploader: "crier" }) &&
    (spec.type === "batch" || more["repo-commit"] === spec.refs?.pulls?.[0]?.sha),
  "finished.json": (content, { status }) =>
    isDeepStrictEqual(content, {
      ...{ timestamp: seconds(status.completionTime), passed: status.state === "success" },
      ...{ metadata: { uploader: "crier" }, result: status.state },
    }),
  "prowjob.json": (content, job) => {
    const { metadata, spec, status } = content as unknown as ProwJob;
    return (
      metadata.uid === job.metadata.uid &&
      isDeepStrictEqual(spec, job.spec) &&
      isDeepStrictEqual(untold(status), untold(job.status))
    );
  },
};

const seconds = (time: string | undefined): number => Date.parse(time ?? "") / 1000;

/** Without what reporters note after they have reported. */
const untold = ({ prev_report_states: _, ...status }: ProwJob["status"]): object => status;

/** Without a build id there is no place for it. */
export const isStored = ({ status }: ProwJob): boolean => Boolean(status.completionTime && status.build_id);

/** Names of the files of a job in storage; none when it leaves nothing there. */
export const placesOf = (job: ProwJob): string[] =>
  isStored(job) ? Object.keys(FILES).map((file) => `${directoryOf(job)}/${file}`) : [];

function directoryOf({ spec, status }: ProwJob): string {
  const { repo, pulls } = spec.refs!;
  const of = spec.type === "batch" ? "batch" : `${ORG}_${repo}/${pulls?.[0]?.number}`;
  return `pr-logs/pull/${of}/${spec.job}/${status.build_id}`;
}

export function checkStorage(jobs: readonly ProwJob[], { objects, writes }: Stored): Verdict {
  const lost: string[] = [];
  const doubled: string[] = [];
  const writesOf = Map.groupBy(writes, ({ name }) => name);
  for (const job of jobs.filter(isStored)) {
    for (const [file, isRight] of Object.entries(FILES)) {
      const name = `${directoryOf(job)}/${file}`;
      const text = objects.get(name);
      if (text === undefined) lost.push(`${name} is not in storage`);
      else if (!isRight(JSON.parse(text), job)) lost.push(`${name} does not tell of ${job.metadata.name}`);
      const contents = (writesOf.get(name) ?? []).map(({ content }) => content);
      doubled.push(...wrongWrites(file, contents).map((wrong) => `${name} ${wrong}`));
    }
  }
  return { lost, doubled };
}

/** The outcome is written once, the beginning always in the same words, and a job's state never goes back. */
function wrongWrites(file: string, contents: readonly string[]): string[] {
  if (file === "prowjob.json") {
    const versions = contents.map((text) => Number((JSON.parse(text) as ProwJob).metadata.resourceVersion));
    const isOlder = versions.some((version, at) => at > 0 && version < versions[at - 1]!);
    return isOlder ? [`was overwritten by older news: versions ${versions}`] : [];
  }
  if (file === "finished.json" && contents.length > 1) return [`was written ${contents.length} times`];
  return new Set(contents).size > 1 ? ["was overwritten by something else"] : [];
}
