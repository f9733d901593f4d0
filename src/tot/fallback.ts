// The last build of a job that tot was never asked for, from latest-build.txt in object storage.
import type { Config } from "../config/config.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import type { ProwJobType } from "../model/prowjob.ts";
import { latestBuildKeys } from "../model/storage-layout.ts";

export interface FallbackOptions {
  /** An address with %s for the job's name. */
  template: string;
  /** With it the address is made of where the job's results go, in this bucket (an http address). */
  bucket: string;
  config: () => Pick<Config, "presubmits" | "postsubmits" | "periodics">;
  web: typeof fetch;
  clock: Pick<Clock, "sleep">;
  signal: AbortSignal;
}

const TRIES = 10;
const PAUSE_MS = 2_000;
const ANSWER_MS = 10_000;

/** 0 for a job without builds; rejects when the storage does not say, since starting anew would give numbers twice. */
export function lastBuilds(options: FallbackOptions): (job: string) => Promise<number> {
  const { clock, signal } = options;
  return async (job) => {
    const url = addressOf(job, options);
    if (url === undefined) return 0;
    let why = "";
    for (let tried = 0; tried < TRIES && !signal.aborted; tried++) {
      if (tried > 0) await clock.sleep(PAUSE_MS, signal);
      try {
        return await lastBuild(url, options);
      } catch (error) {
        why = errorText(error);
      }
    }
    throw new Error(`GET ${url}: ${why}`);
  };
}

async function lastBuild(url: string, { web, signal }: FallbackOptions): Promise<number> {
  const response = await web(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
  const text = (await response.text()).trim();
  if (response.status === 404) return 0;
  if (response.status !== 200) throw new Error(`it answered ${response.status}`);
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : 0;
}

/** undefined for a job that the configuration does not have. */
function addressOf(job: string, { template, bucket, config }: FallbackOptions): string | undefined {
  if (!bucket) return template.replaceAll("%s", () => encodeURIComponent(job));
  const type = typeOf(job, config());
  const [key] = type ? latestBuildKeys({ type, job, buildid: "" }, {}) : [];
  return key && `${withoutEndSlashes(bucket)}/${key}`;
}

function typeOf(job: string, { presubmits, postsubmits, periodics }: ReturnType<FallbackOptions["config"]>) {
  const has = (jobs: readonly { name: string }[]) => jobs.some(({ name }) => name === job);
  const of = (type: ProwJobType, jobs: readonly { name: string }[]) => (has(jobs) ? type : undefined);
  return (
    of("presubmit", Object.values(presubmits).flat()) ??
    of("postsubmit", Object.values(postsubmits).flat()) ??
    of("periodic", periodics)
  );
}
