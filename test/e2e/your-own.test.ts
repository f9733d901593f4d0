// A GitHub that is not ours (the emulator stands for it): the App is created in the browser, and the first pull request is tested.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { person } from "../../src/local/demo/person.ts";
import { startGitHubServer } from "../../src/local/github/server.ts";
import { BROWSER, BROWSER_ARGS, until } from "./local-mode.ts";

const PORT = 24080;
const CUTWATER = join(import.meta.dirname, "..", "..", "bin", "cutwater");

const config = `
prowjob_namespace: default
pod_namespace: test-pods
presubmits:
  you/code:
    - name: hello
      always_run: true
      spec: { containers: [{ image: busybox, command: [echo], args: [hello] }] }
`;
const plugins = "plugins: { you/code: { plugins: [trigger, size] } }\n";

test.skipIf(!BROWSER)("from no App to a tested pull request (skipped without Chromium)", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cutwater-own-"));
  const github = await startGitHubServer({
    ...{ host: "127.0.0.1", port: 0, directory: join(directory, "github"), random: Math.random },
    ...{ clock: systemClock, log: silent },
  });
  await fetch(`${github.url}/_cutwater/seed`, {
    method: "POST",
    body: JSON.stringify({
      users: [{ login: "you", token: "your-token" }],
      repos: [{ owner: "you", name: "code", files: { "a.txt": "a\n" }, labels: [{ name: "size/XS" }] }],
    }),
  });
  writeFileSync(join(directory, "config.yaml"), config);
  writeFileSync(join(directory, "plugins.yaml"), plugins);
  const flags = {
    ...{ "config-path": join(directory, "config.yaml"), "plugin-config": join(directory, "plugins.yaml") },
    ...{ data: join(directory, "data"), port: PORT, "public-url": `http://127.0.0.1:${PORT}` },
    ...{
      "github-endpoint": github.url,
      "github-graphql-endpoint": `${github.url}/graphql`,
      "github-host": github.url,
    },
  };
  const child = spawn(CUTWATER, [
    "up",
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
  ]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const browser = await chromium.launch({ executablePath: BROWSER!, args: BROWSER_ARGS });
  try {
    await until(async () => output.includes(" to create one"), "the set-up page");
    const page = await browser.newPage();
    expect((await page.goto(`http://127.0.0.1:${PORT}/setup`))?.status()).toBe(404);
    await page.goto(/Open (\S+) to create one/.exec(output)?.[1] ?? "");
    await page.getByRole("button", { name: "Create it on GitHub" }).click();
    await page.getByRole("button", { name: /create/i }).click();
    await page.getByText("install it on your repositories").click();
    await page.getByRole("button", { name: /install/i }).click();
    await until(async () => output.includes("Cutwater is running"), "the start");
    expect(statSync(join(directory, "data", "github-app.json")).mode & 0o077).toBe(0);

    const you = person("you", "your-token", { url: github.url, org: "you", repo: "code" });
    const pull = await you.openPull({
      ...{ title: "First", branch: "first", fromFork: false, path: "a.txt", edit: (text) => `${text}b\n` },
    });
    await until(async () => {
      const statuses = await you.statuses((await you.pull(pull.number)).head.sha);
      return statuses.some(({ context, state }) => context === "hello" && state === "success");
    }, "the status");
  } catch (error) {
    throw new Error(output, { cause: error });
  } finally {
    await browser.close();
    child.kill("SIGTERM");
    await new Promise((done) => child.once("exit", done));
    await github.close();
    rmSync(directory, { recursive: true, force: true });
  }
  expect(existsSync(directory)).toBe(false);
});
