// The demo: three pull requests on a small library, from opened to merged, told step by step.
import type { Clock } from "../../lib/clock.ts";
import type { ProwJob } from "../../model/prowjob.ts";
import type { Person, PullView } from "./person.ts";
import { type Look, stepper } from "./stepper.ts";

export interface Stage {
  /** Member and approver, member and reviewer, member and reviewer, somebody from outside. */
  ada: Person;
  grace: Person;
  margaret: Person;
  sam: Person;
  /** ProwJobs that exist now. */
  prowJobs(): Promise<ProwJob[]>;
  /** Text of an object in storage, by key in the demo's bucket; undefined when it is not there. */
  stored(key: string): Promise<string | undefined>;
  pages: { github: string; deck: string };
  clock: Clock;
  signal: AbortSignal;
  out(line: string): void;
  /** Told the number of steps that came out so far. */
  progress(played: number): Promise<void>;
}

/** How many steps there are in all. */
export const STEPS = 16;

const BREEZE = "return { force, name: SCALE[force][1] };";
const BUG = "return { force: force + 1, name: SCALE[force][1] };";
const COMMENT = "// Force 0 is calm, 12 a hurricane.";
const DIRECTORY = "pr-logs/pull/harbour_knots";

/** Throws DemoStopped at the first step that does not come out. */
export async function playDemo(stage: Stage): Promise<void> {
  const { step, until, summary } = stepper(stage);
  const scene: Scene = { ...stage, step, until, check: checks(stage) };
  const first = await aFailingPull(scene);
  const second = await aStranger(scene);
  await theFix(scene, first);
  const third = await theReview(scene, first, second);
  await theMerge(scene, first);
  await theBatch(scene, second, third);
  await theRest(scene, first);
  await oneForYou(scene);
  summary();
}

async function aFailingPull({ grace, step, until, check }: Scene): Promise<PullView> {
  const pull = await step("grace opens a pull request with a bug in it", async () => {
    const opened = await grace.openPull({
      title: "Tell the force as a number from 0 to 12",
      branch: "force-number",
      fromFork: false,
      path: "src/beaufort.js",
      edit: (text) => text.replace(BREEZE, BUG),
    });
    await until(() => check.labelled(opened, "size/XS"));
    return opened;
  });
  await step("its tests run in pods, `unit` fails, and the bot says so in a comment", async () => {
    await until(() => check.status(pull, "unit", "failure"));
    await until(() => check.status(pull, "lint", "success"));
    await until(() => check.logSays(pull, "unit", "ERR_ASSERTION"));
    await until(() => check.comment(pull, "<!-- test report -->"));
    return pull;
  });
  await step(
    "grace says /retest; while that runs she pushes the fix, and the old run is aborted",
    async () => {
      await grace.comment(pull.number, "/retest");
      await until(() => check.job(pull, "unit", "pending"));
      await grace.push(pull, {
        message: "Count forces from zero",
        fromFork: false,
        path: "src/beaufort.js",
        edit: (text) => text.replace(BUG, BREEZE).replace("export function", `${COMMENT}\nexport function`),
      });
      await until(() => check.job(pull, "unit", "aborted"));
      return pull;
    },
  );
  return pull;
}

async function aStranger({ ada, sam, step, until, check }: Scene): Promise<PullView> {
  const pull = await step("sam, a stranger, opens one from a fork: it waits for /ok-to-test", async () => {
    const opened = await sam.openPull({
      title: "Say what a nautical mile is",
      branch: "nautical-mile",
      fromFork: true,
      path: "README.md",
      edit: (text) => `${text}\nA nautical mile is 1,852 metres.\n`,
    });
    await until(() => check.labelled(opened, "needs-ok-to-test"));
    return opened;
  });
  await step("ada, an owner, says /ok-to-test, and its tests run", async () => {
    await ada.comment(pull.number, "/ok-to-test");
    await until(() => check.status(pull, "lint", "success"));
    await until(() => check.status(pull, "unit", "success"));
    return pull;
  });
  return pull;
}

async function theFix({ grace, step, until, check }: Scene, pull: PullView): Promise<void> {
  await step("grace's fix passes; she runs one job again with /test lint", async () => {
    await until(() => check.status(pull, "unit", "success"));
    await until(() => check.status(pull, "lint", "success"));
    const runs = await check.runs(pull, "lint");
    await grace.comment(pull.number, "/test lint");
    await until(async () => {
      const now = await check.runs(pull, "lint");
      return { wanted: "one more run of lint", there: now > runs, seen: `${now} runs` };
    });
    await until(() => check.status(pull, "lint", "success"));
    return pull;
  });
}

async function theReview(
  { ada, grace, margaret, step, until, check }: Scene,
  first: PullView,
  second: PullView,
) {
  await step("margaret says /lgtm and /hold, ada /approve: tide holds it and says why", async () => {
    await margaret.comment(first.number, "/lgtm\n/hold");
    await ada.comment(first.number, "/approve");
    await until(() => check.labelled(first, "approved"));
    await until(() => check.tideSays(first, "do-not-merge/hold"));
    return first;
  });
  const third = await step("margaret opens a third pull request, and its tests pass", async () => {
    const pull = await margaret.openPull({
      title: "Name the unit in the test",
      branch: "name-the-unit",
      fromFork: false,
      path: "test/speed.test.js",
      edit: (text) => text.replace("there and back again", "knots to km/h and back again"),
    });
    await until(() => check.status(pull, "unit", "success"));
    return pull;
  });
  await step("both others are reviewed and approved, but held for now", async () => {
    for (const { number } of [second, third]) {
      await ada.comment(number, "/hold\n/approve");
      await grace.comment(number, "/lgtm");
    }
    for (const pull of [second, third]) {
      await until(() => check.labelled(pull, "lgtm"));
      await until(() => check.labelled(pull, "approved"));
      await until(() => check.tideSays(pull, "do-not-merge/hold"));
    }
    return second;
  });
  return third;
}

async function theMerge({ margaret, step, until, check }: Scene, pull: PullView): Promise<void> {
  await step("margaret says /hold cancel, and tide merges the first", async () => {
    await margaret.comment(pull.number, "/hold cancel");
    await until(() => check.merged(pull));
    return pull;
  });
  await step("the push to main runs a postsubmit, which publishes an artifact", async () => {
    const job = await check.finished(
      until,
      "the postsubmit",
      ({ spec }) => spec.type === "postsubmit" && spec.job === "publish",
    );
    await until(() => check.inStorage(`logs/publish/${job.status.build_id}/artifacts/knots.js`));
    return { html_url: job.status.url ?? pull.html_url };
  });
}

async function theBatch(
  { ada, step, until, check }: Scene,
  second: PullView,
  third: PullView,
): Promise<void> {
  await step("the holds on the other two are lifted: tide tests them together on the new main", async () => {
    await Promise.all([second, third].map(({ number }) => ada.comment(number, "/hold cancel")));
    const batch = await check.finished(
      until,
      "the batch",
      ({ spec }) => spec.type === "batch" && spec.refs?.pulls?.length === 2,
    );
    return { html_url: batch.status.url ?? second.html_url };
  });
  await step("and merges both as a batch", async () => {
    await until(() => check.merged(second));
    await until(() => check.merged(third));
    return third;
  });
}

async function theRest({ step, until, check, pages }: Scene, pull: PullView): Promise<void> {
  await step("a periodic job has run on main", async () => {
    const job = await check.finished(until, "a periodic", ({ spec }) => spec.type === "periodic");
    return { html_url: job.status.url ?? pages.deck };
  });
  await step("storage holds every result where Prow puts it", async () => {
    const url = await check.everythingStored(until, pull);
    return { html_url: url ?? pages.deck };
  });
}

/** Something to look at and to try commands on. */
async function oneForYou({ grace, step, until, check }: Scene): Promise<void> {
  await step("grace opens one more, for you to review: tide says what it still needs", async () => {
    const pull = await grace.openPull({
      title: "Draw a chart of the Beaufort scale",
      branch: "chart",
      fromFork: false,
      path: "README.md",
      edit: (text) =>
        `${text}\n| force | name |\n|-|-|\n| 0 | calm |\n| 6 | strong breeze |\n| 12 | hurricane |\n`,
    });
    await until(() => check.tideSays(pull, "lgtm"));
    return pull;
  });
}

type Until = (look: () => Promise<Look>) => Promise<void>;
type Scene = Stage & Omit<ReturnType<typeof stepper>, "summary"> & { check: ReturnType<typeof checks> };

const listed = (things: string[]): string => [...new Set(things)].join(", ") || "nothing";

function checks(stage: Stage) {
  return { ...pullChecks(stage), ...jobChecks(stage) };
}

function pullChecks({ grace }: Stage) {
  const statusesOf = async ({ number }: PullView) => grace.statuses((await grace.pull(number)).head.sha);
  return {
    async labelled({ number }: PullView, label: string): Promise<Look> {
      const names = (await grace.pull(number)).labels.map(({ name }) => name);
      return { wanted: `label ${label} on #${number}`, there: names.includes(label), seen: listed(names) };
    },
    async merged({ number }: PullView): Promise<Look> {
      const { merged, state } = await grace.pull(number);
      return { wanted: `#${number} merged`, there: merged, seen: state };
    },
    async status(pull: PullView, context: string, state: string): Promise<Look> {
      const seen = (await statusesOf(pull)).map((status) => `${status.context}=${status.state}`);
      const wanted = `${context}=${state}`;
      return { wanted, there: seen.includes(wanted), seen: listed(seen) };
    },
    async comment({ number }: PullView, words: string): Promise<Look> {
      const bodies = (await grace.comments(number)).map(({ body }) => body);
      const there = bodies.some((body) => body.includes(words));
      return { wanted: `a comment with ${words}`, there, seen: `${bodies.length} comments` };
    },
    async tideSays(pull: PullView, words: string): Promise<Look> {
      const seen =
        (await statusesOf(pull)).find(({ context }) => context === "tide")?.description ?? "nothing";
      return { wanted: `tide to say ${words}`, there: seen.includes(words), seen };
    },
  };
}

function jobChecks({ prowJobs, stored }: Stage) {
  const presubmitsOf = async ({ number }: PullView) =>
    (await prowJobs()).filter(
      ({ spec }) => spec.type === "presubmit" && spec.refs?.pulls?.[0]?.number === number,
    );
  const runsOf = async (pull: PullView, name: string) =>
    (await presubmitsOf(pull)).filter(({ spec }) => spec.job === name);
  const inState = ({ spec, status }: ProwJob) => `${spec.job}=${status.state}`;
  const inStorage = async (key: string): Promise<Look> => ({
    wanted: `${key} in storage`,
    there: (await stored(key)) !== undefined,
    seen: "nothing there",
  });
  return {
    inStorage,
    async job(pull: PullView, name: string, state: string): Promise<Look> {
      const seen = (await presubmitsOf(pull)).map(inState);
      return { wanted: `${name}=${state}`, there: seen.includes(`${name}=${state}`), seen: listed(seen) };
    },
    runs: async (pull: PullView, name: string) => (await runsOf(pull, name)).length,
    /** The stored log of the first run of that job. */
    async logSays(pull: PullView, name: string, words: string): Promise<Look> {
      const run = (await runsOf(pull, name))[0];
      const key = `${DIRECTORY}/${pull.number}/${name}/${run?.status.build_id}/build-log.txt`;
      const log = await stored(key);
      const seen = log === undefined ? "no log" : `a log that ends with ${JSON.stringify(log.slice(-200))}`;
      return { wanted: `${words} in ${key}`, there: log?.includes(words) ?? false, seen };
    },
    /** The first successful job of that kind, waited for. */
    async finished(until: Until, wanted: string, kind: (job: ProwJob) => boolean): Promise<ProwJob> {
      let found: ProwJob | undefined;
      await until(async () => {
        const jobs = (await prowJobs()).filter(kind);
        found = jobs.find(({ status }) => status.state === "success");
        return {
          wanted: `${wanted} to succeed`,
          there: found !== undefined,
          seen: listed(jobs.map(inState)),
        };
      });
      return found!;
    },
    /** Resolves to the page of the run that was looked at. */
    async everythingStored(until: Until, pull: PullView): Promise<string | undefined> {
      const [run] = (await runsOf(pull, "unit")).filter(({ status }) => status.state === "success");
      const directory = `${DIRECTORY}/${pull.number}/unit`;
      const files = ["started.json", "finished.json", "prowjob.json", "build-log.txt"];
      for (const file of files) await until(() => inStorage(`${directory}/${run?.status.build_id}/${file}`));
      await until(() => inStorage(`${directory}/latest-build.txt`));
      return run?.status.url;
    },
  };
}
