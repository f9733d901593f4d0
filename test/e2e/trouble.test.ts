// What goes wrong in practice, from outside: each has a clear effect in the right place, and nothing else stops.
import { createHmac } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalMode, startLocalMode, until } from "./local-mode.ts";

const PORT = 21080;
let local: LocalMode;

beforeAll(async () => {
  local = await startLocalMode(PORT);
});
afterAll(async () => {
  await local.end();
});

const jobsFile = () => join(local.data, "config", "jobs", "harbour", "knots.yaml");
const page = async (path: string) => (await fetch(local.deck + path)).text();

async function pullBy(
  login: "grace" | "margaret",
  branch: string,
  edit: (text: string) => string,
  path = "README.md",
) {
  return local.people[login].openPull({ title: `Change ${path}`, branch, fromFork: false, path, edit });
}

async function status(number: number, context: string) {
  const { grace } = local.people;
  const { head } = await grace.pull(number);
  return (await grace.statuses(head.sha)).find((candidate) => candidate.context === context);
}

describe("webhooks", () => {
  const send = (body: string, headers: Record<string, string>) =>
    fetch(`${local.deck}/hook`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": "g",
        ...headers,
      },
    });
  const signed = (body: string) => ({
    "x-hub-signature-256": `sha256=${createHmac("sha256", local.webhookSecret).update(body).digest("hex")}`,
  });

  test("a missing signature, a wrong one, and a body that is not JSON are refused", async () => {
    expect((await send("{}", {})).status).toBe(403);
    expect((await send("{}", { "x-hub-signature-256": `sha256=${"0".repeat(64)}` })).status).toBe(403);
    expect((await send("no JSON", signed("no JSON"))).status).toBe(403);
  });

  test("an event that nobody knows is taken and changes nothing", async () => {
    const response = await send('{"a":1}', { ...signed('{"a":1}'), "x-github-event": "moonrise" });
    expect(await response.text()).toContain("Event received. Have a nice day.");
  });
});

describe("other sites and other people of this machine", () => {
  test("a page elsewhere can neither read deck nor embed it", async () => {
    const foreign = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    expect((await fetch(`${local.deck}/prowjobs.js?var=x`, { headers: foreign })).status).toBe(403);
  });

  test("nobody else may look into the data directory", () => {
    expect(statSync(local.data).mode & 0o077).toBe(0);
  });
});

describe("a configuration with an error", () => {
  test("is told with file and line, and the last good one stays in force", async () => {
    const good = readFileSync(jobsFile(), "utf8");
    writeFileSync(jobsFile(), good.replace("always_run: true", "always_run: perhaps"));
    await until(async () => /knots\.yaml:\d+:/.test(await page("/")), "the banner");
    const pull = await pullBy("grace", "still-tested", (text) => `${text}\nStill tested.\n`);
    await until(async () => (await status(pull.number, "unit"))?.state === "success", "the test");
    expect(await page("/")).toMatch(/knots\.yaml:\d+:/);
    writeFileSync(jobsFile(), good);
    await until(async () => !/knots\.yaml:\d+:/.test(await page("/")), "the banner's end");
  });
});

describe("jobs that go wrong", () => {
  const jobs = `
presubmits:
  harbour/knots:
    - name: no-such-command
      decorate: true
      optional: true
      spec: { containers: [{ image: "node:24", command: [no-such-command] }] }
    - name: hangs
      decorate: true
      optional: true
      decoration_config: { timeout: 2s, grace_period: 1s }
      spec: { containers: [{ image: "node:24", command: [sleep], args: ["600"] }] }
`;

  test("a command that does not exist and a test that hangs fail alone, and say so", async () => {
    writeFileSync(join(local.data, "config", "jobs", "trouble.yaml"), jobs);
    const started = async (name: string) => (await local.jobs()).some(({ spec }) => spec.job === name);
    // The new jobs are there as soon as the changed configuration has been read.
    await until(async () => {
      if (!(await started("hangs")))
        await local.people.grace.comment(1, "/test no-such-command\n/test hangs");
      await pause(1_500);
      return (await started("no-such-command")) && (await started("hangs"));
    }, "the new jobs");
    await until(async () => (await status(1, "no-such-command"))?.state === "failure", "the failure");
    await until(async () => (await status(1, "hangs"))?.state === "failure", "the timeout");
    const run = (await local.jobs()).find(({ spec }) => spec.job === "hangs");
    await until(
      async () =>
        (await page(`/prowjob-view/${run!.metadata.name}`)).includes("did not finish before 2s timeout"),
      "the log",
    );
    const comments = await local.people.grace.comments(1);
    expect(comments.some(({ body }) => body.includes("no-such-command") && body.includes("hangs"))).toBe(
      true,
    );
    expect((await status(1, "unit"))?.state).toBe("success");
  });
});

describe("a pull request that conflicts", () => {
  test("is not merged, and tide says why", async () => {
    const one = await pullBy("grace", "one", (text) => text.replace("Small conversions", "Tiny conversions"));
    const other = await pullBy("margaret", "other", (text) =>
      text.replace("Small conversions", "Little conversions"),
    );
    const { ada, margaret, grace } = local.people;
    for (const [reviewer, { number }] of [
      [margaret, one],
      [grace, other],
    ] as const) {
      await reviewer.comment(number, "/lgtm");
      await ada.comment(number, "/approve");
    }
    await until(
      async () => (await grace.pull(one.number)).merged || (await grace.pull(other.number)).merged,
      "the merge",
    );
    const left = (await grace.pull(one.number)).merged ? other : one;
    await until(
      async () => ((await status(left.number, "tide"))?.description ?? "").includes("merge conflict"),
      "the reason",
    );
    await until(async () => (await page("/tide")).includes("merge conflict"), "the page");
    expect((await grace.pull(left.number)).merged).toBe(false);
  });
});
