// `reports: checks`, from outside: a failure with its annotations, Cancel, Re-run, and a merge by check runs alone.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalMode, startLocalMode, until } from "./local-mode.ts";

const PORT = 27080;
let local: LocalMode;

const jobs = `
presubmits:
  harbour/knots:
    - name: unit
      always_run: true
      decorate: true
      spec:
        containers:
          - image: node:24
            command: [sh, -c]
            args: ["node --test --test-reporter=junit --test-reporter-destination=$ARTIFACTS/junit.xml"]
    - name: slow
      always_run: true
      optional: true
      decorate: true
      spec: { containers: [{ image: "node:24", command: [sh, -c], args: ["echo README.md:1: slow going; sleep 600"] }] }
`;
const reporter = `
github_reporter:
  reports: { harbour/knots: checks }
  problem_matchers:
    "*":
      - owner: notes
        severity: warning
        pattern: [{ regexp: "^(\\\\S+):(\\\\d+): (.*)$", file: 1, line: 2, message: 3 }]
`;

beforeAll(async () => {
  local = await startLocalMode(PORT);
  const config = join(local.data, "config");
  writeFileSync(join(config, "jobs", "harbour", "knots.yaml"), jobs);
  writeFileSync(join(config, "config.yaml"), readFileSync(join(config, "config.yaml"), "utf8") + reporter);
  await local.stop();
  local = await startLocalMode(PORT, local.data);
}, 120_000);
afterAll(async () => {
  await local.end();
});

interface Run {
  id: number;
  name: string;
  status: string;
  conclusion: string | null;
  output: { title: string; summary: string; annotations_count: number };
}

test("a failing pull request is told by check runs, mended, and merged", async () => {
  const { ada, grace } = local.people;
  const at = { branch: "force", fromFork: false, path: "src/beaufort.js" };
  const bug = (text: string) => text.replace("return { force, name", "return { force: force + 1, name");
  const pull = await grace.openPull({ title: "Force", ...at, edit: bug });
  const { number } = pull;
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${local.github}/repos/harbour/knots/${path}`)).json()) as T;
  const head = async () => (await grace.pull(number)).head.sha;
  const run = async (name: string): Promise<Run | undefined> =>
    (await get<{ check_runs: Run[] }>(`commits/${await head()}/check-runs`)).check_runs.find(
      (found) => found.name === name,
    );
  const press = async (who: string, name: string, identifier: string) => {
    const { id } = (await run(name))!;
    const answer = await fetch(`${local.github}/harbour/knots/runs/${id}`, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "same-origin", cookie: `who=${who}` },
      body: new URLSearchParams({ identifier }),
    });
    expect(answer.status).toBe(303);
  };

  await until(async () => (await run("unit"))?.conclusion === "failure", "the failure");
  const failed = (await run("unit"))!;
  expect(failed.output.summary).toMatch(/\| Tests \| \d+, \d+ failed/);
  expect(failed.output.annotations_count).toBeGreaterThan(0);
  const [annotation] = await get<{ path: string; annotation_level: string }[]>(
    `check-runs/${failed.id}/annotations`,
  );
  expect(annotation).toMatchObject({
    path: expect.stringMatching(/^(test|src)\/\w+\.test\.js$/),
    annotation_level: "failure",
  });

  await until(async () => (await run("slow"))?.status === "in_progress", "the slow job");
  await press("ada", "slow", "cancel");
  await until(async () => (await run("slow"))?.conclusion === "cancelled", "the abort");
  expect((await run("slow"))!.output.title).toMatch(/^ada successfully aborted /);

  const before = failed.id;
  await press("ada", "unit", "");
  await until(async () => ((await run("unit"))?.id ?? before) !== before, "the second run");
  await until(async () => (await run("unit"))?.conclusion === "failure", "the second failure");

  await grace.push(pull, {
    message: "Mend",
    ...at,
    edit: (text) => `// Mended.\n${text.replace("force: force + 1,", "force,")}`,
  });
  await until(async () => (await run("unit"))?.conclusion === "success", "the success");
  await until(async () => (await run("slow"))?.status === "in_progress", "the slow job of the new head");
  await press("ada", "slow", "cancel");
  await local.people.margaret.comment(number, "/lgtm");
  await ada.comment(number, "/approve");
  await until(async () => (await grace.pull(number)).merged, "the merge");
  const contexts = (await grace.statuses(await head())).map(({ context }) => context);
  expect(contexts).toEqual(["tide"]);
}, 180_000);
