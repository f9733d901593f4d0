// A process that follows all ProwJobs as plank does, and tells its parent what it holds and how much memory that takes.
import { createHash } from "node:crypto";
import { reflect } from "../../src/kube/reflector.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type LogFields, type Logger, silent } from "../../src/lib/logger.ts";
import { PROW_JOB, type ProwJob } from "../../src/model/prowjob.ts";
import { jobForPlank } from "../../src/plank/projection.ts";
import { connectTo } from "../contracts/real-kube.ts";

/** What a list holds, in a form that can be compared: which objects, in which versions. */
export interface Holding {
  count: number;
  digest: string;
}

export interface FollowerTells extends Holding {
  /** Now, and at most so far. */
  residentMiB: number;
  peakMiB: number;
  /** What it warned of since it was last asked. */
  warnings: string[];
}

export function holding(jobs: Pick<ProwJob, "metadata">[]): Holding {
  const lines = jobs.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).sort();
  return { count: jobs.length, digest: createHash("sha256").update(lines.join("\n")).digest("hex") };
}

const [server, token] = process.argv.slice(2);
if (process.send && server && token) follow(server, token);

function follow(url: string, bearer: string): void {
  const stop = new AbortController();
  let warnings: string[] = [];
  const log: Logger = {
    ...silent,
    warn: ({ error }: LogFields) => void warnings.push(`${new Date().toISOString()} ${error}`),
    child: () => log,
  };
  const kube = connectTo({ url, token: bearer });
  const store = reflect(
    kube.read,
    PROW_JOB,
    { namespace: "default", project: jobForPlank },
    {
      clock: systemClock,
      log,
      random: Math.random,
      signal: stop.signal,
    },
  );
  process.on("message", () => {
    const tells: FollowerTells = {
      ...holding(store.list()),
      residentMiB: process.memoryUsage.rss() / 2 ** 20,
      peakMiB: process.resourceUsage().maxRSS / 2 ** 10,
      warnings,
    };
    warnings = [];
    process.send?.(tells);
  });
  process.on("disconnect", () => process.exit(0));
}
