// A leader that is stopped for longer than its lease and then goes on makes no second pod and no second report.
//   CUTWATER_STOPPED_SECONDS=60 is the long form.
import { afterEach, expect, test } from "vitest";
import { isComplete } from "../../src/model/prowjob.ts";
import { whyNoRealKube } from "../contracts/real-kube.ts";
import { until } from "../plank/end-to-end.ts";
import { type AtWork, PARTS, startAtWork } from "./replicas-at-work.ts";

const STOPPED_MS = Number(process.env["CUTWATER_STOPPED_SECONDS"] ?? 8) * 1000;
const BEFORE_MS = 4_000;
const AFTER_MS = 4_000;
const JOB_EVERY_MS = 150;

let world: AtWork | undefined;
afterEach(async () => {
  await world?.close();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.skipIf(whyNoRealKube())(
  "two planners and two criers whose leaders stop and go on",
  async () => {
    const at = await startAtWork();
    world = at;
    const feeding = feed(at);
    await pause(BEFORE_MS);
    const stopped = await Promise.all(PARTS.map((part) => at.leader(part)));
    for (const { process } of stopped) process.kill("SIGSTOP");
    await pause(STOPPED_MS);
    const others = () => Promise.all(PARTS.map((part) => at.leader(part)));
    const taken = async () => (await others()).every(({ name }, index) => name !== stopped[index]!.name);
    await until(taken, `both leads are taken over\n${at.logs()}`, 60);
    for (const { process } of stopped) process.kill("SIGCONT");
    await pause(AFTER_MS);
    await feeding.end();

    const reported = async () =>
      (await at.jobs()).every(
        (job) => isComplete(job) && job.status.prev_report_states?.["github-reporter"] === job.status.state,
      );
    await until(reported, `all jobs are over and reported\n${at.logs()}`, 120);
    await pause(2_000);

    const jobs = await at.jobs();
    expect(jobs.length).toBeGreaterThan(30);
    expect([...at.podsSeen].sort()).toEqual(jobs.map(({ metadata }) => [metadata.name, 1]).sort());
    const writes = await at.githubWrites();
    expect(twice(writes.filter(({ path }) => path.includes("/statuses/")))).toEqual([]);
    expect(
      twice(writes.filter(({ method, path }) => method === "POST" && path.endsWith("/comments"))),
    ).toEqual([]);
    expect(writes.filter(({ path }) => path.includes("/statuses/")).length).toBeGreaterThanOrEqual(
      jobs.length,
    );
  },
  400_000,
);

/** What was written to one place more than once in the same words. */
function twice(writes: { path: string; body: unknown }[]): string[] {
  const said = writes.map(({ path, body }) => `${path} ${JSON.stringify(body)}`);
  return said.filter((text, index) => said.indexOf(text) !== index);
}

/** Jobs come in all the time, whoever leads. */
function feed(at: AtWork): { end(): Promise<void> } {
  let going = true;
  const done = (async () => {
    while (going) {
      await at.addJob();
      await pause(JOB_EVERY_MS);
    }
  })();
  return {
    end() {
      going = false;
      return done;
    },
  };
}
