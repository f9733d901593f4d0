// Whether Kubernetes is frozen: code freeze by the branches that its tide leaves out, test freeze while a release branch
// has no release yet.
import { isRecord } from "../../lib/schema.ts";
import { loadYAML } from "../../lib/yaml/load.ts";
import type { RepoRef } from "../../model/github.ts";
import { boundedWeb, type Web } from "../bounded-web.ts";
import type { Context } from "../plugin.ts";

const CONFIG_URL = "https://raw.githubusercontent.com/kubernetes/test-infra/master/config/prow/config.yaml";
const JOBS_URL = "https://prow.k8s.io/prowjobs.js?omit=annotations,labels,decoration_config,pod_spec";
/** All jobs of that Prow. */
const JOBS_BOUNDS = { bytes: 64 << 20, ms: 15_000 };
const FAST_FORWARD = "ci-fast-forward";
const REPO = "kubernetes/kubernetes";

export interface Freeze {
  code: boolean;
  test: boolean;
  branch: string;
  /** Of the release that is next. */
  tag: string;
  lastFastForward: string;
}

type Deps = Pick<Context, "log" | "read" | "web">;

/** undefined when there is no release branch to tell by. */
export async function freezeOf(repo: RepoRef, { log, read, web: ask }: Deps): Promise<Freeze | undefined> {
  const latest = latestRelease(await read.matchingRefs(repo, "heads/release-"));
  if (!latest) return undefined;
  const web = boundedWeb({ web: ask });
  const { branch, major, minor } = latest;
  const tag = `v${major}.${minor}.0`;
  const excluded = excludedBranches(web).catch((error: unknown) => {
    log.error({ error }, "Unable to fetch Prow config for Code Freeze check.");
    return new Set<string>();
  });
  const tags = await read.matchingRefs(repo, `tags/${tag}`);
  const released = tags.find((name) => name === `tags/${tag}` || name.startsWith(`tags/${tag}+`));
  if (!released) {
    const lastFastForward = await fastForward(web).catch((error: unknown) => {
      log.error({ error }, "Unable to get last fast forward result.");
      return "unknown";
    });
    return { code: (await excluded).has(branch), test: true, branch, tag, lastFastForward };
  }
  const after = { code: true, test: false, lastFastForward: "" };
  if ((await excluded).has(branch)) return { ...after, branch, tag: released.slice("tags/".length) };
  // From code freeze until the branch is made, only its name is known.
  const next = { branch: `release-${major}.${minor + 1}`, tag: `v${major}.${minor + 1}.0` };
  return { ...after, ...next, code: (await excluded).has(next.branch) };
}

function latestRelease(refs: readonly string[]) {
  return refs
    .flatMap((ref) => {
      const [, major, minor] = /^heads\/release-(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(ref) ?? [];
      if (major === undefined || minor === undefined) return [];
      return [{ branch: ref.slice("heads/".length), major: Number(major), minor: Number(minor) }];
    })
    .sort((a, b) => a.major - b.major || a.minor - b.minor)
    .at(-1);
}

/** Of every query of tide's for Kubernetes. */
async function excludedBranches(web: Web): Promise<Set<string>> {
  const config = loadYAML(await web.text(CONFIG_URL));
  const tide = isRecord(config) ? config["tide"] : undefined;
  const queries = isRecord(tide) ? listOf(tide["queries"]) : [];
  return new Set(
    queries
      .filter(isRecord)
      .filter(({ repos }) => listOf(repos).includes(REPO))
      .flatMap(({ excludedBranches: branches }) => listOf(branches))
      .filter((branch) => typeof branch === "string"),
  );
}

/** When the first successful run of those that are listed ended. */
async function fastForward(web: Web): Promise<string> {
  const { items } = await web.json(JOBS_URL, JOBS_BOUNDS);
  for (const job of listOf(items)) {
    if (!isRecord(job) || !isRecord(job["spec"]) || !isRecord(job["status"])) continue;
    const { completionTime, state } = job["status"];
    if (job["spec"]["job"] !== FAST_FORWARD || state !== "success") continue;
    return unixDate(new Date(String(completionTime)));
  }
  throw new Error("unable to find successful run");
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Go's time.UnixDate, `Mon Jan _2 15:04:05 MST 2006`. */
function unixDate(time: Date): string {
  const [weekday, day, month, year, clock] = time.toUTCString().replace(",", "").split(" ");
  if (clock === undefined) throw new Error("the last fast forward has no time");
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} UTC ${year}`;
}
