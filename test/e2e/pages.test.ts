// The pages in a real browser: no error in the console, nothing from another origin, and people can act on them.
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BROWSER, BROWSER_ARGS, type LocalMode, startLocalMode, until } from "./local-mode.ts";

const PORT = 23080;
const PATHS = [
  ...["/", "/pr", "/tide", "/command-help", "/plugins", "/why"],
  "/pr-history?org=harbour&repo=knots&pr=1",
];
describe.skipIf(!BROWSER)("pages (skipped without Chromium)", () => {
  let local: LocalMode;
  let browser: Browser;

  beforeAll(async () => {
    local = await startLocalMode(PORT);
    browser = await chromium.launch({ executablePath: BROWSER!, headless: true, args: BROWSER_ARGS });
    const pull = await local.people.grace.openPull({
      title: "Explain knots",
      branch: "explain",
      fromFork: false,
      path: "README.md",
      edit: (text) => `${text}\nA knot is a nautical mile an hour.\n`,
    });
    await until(
      async () => (await local.jobs()).some(({ status }) => status.state === "success"),
      "a finished job",
    );
    expect(pull.number).toBe(1);
  });
  afterAll(async () => {
    await browser?.close();
    await local?.end();
  });

  /** A page that fails the test when its console has an error or it asks another origin for anything. */
  async function open(url: string, use: (page: Page) => Promise<void>): Promise<void> {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on(
      "request",
      (request) => new URL(request.url()).origin !== new URL(url).origin && faults.push(request.url()),
    );
    await page.goto(url, { waitUntil: "domcontentloaded" });
    await use(page);
    expect(faults).toEqual([]);
    await page.close();
  }

  test.each(PATHS)("deck %s has a heading and no error", (path) =>
    open(local.deck + path, async (page) => {
      expect(await page.locator("h1").count()).toBe(1);
      expect(await page.locator("main").textContent()).not.toMatch(/undefined|\[object|cannot be reached/);
    }),
  );

  test("no page of deck has to be scrolled sideways on a phone", async () => {
    const [run] = await local.jobs();
    const paths = [...PATHS, `/prowjob-view/${run!.metadata.name}`, "/command-help?repo=harbour%2Fknots"];
    const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    const wide: string[] = [];
    for (const path of paths) {
      await page.goto(local.deck + path, { waitUntil: "domcontentloaded" });
      const width = await page.evaluate("document.documentElement.scrollWidth");
      if (Number(width) > 400) wide.push(`${path}: ${width}`);
    }
    await page.close();
    expect(wide).toEqual([]);
  });

  test("a job that changes shows up by itself", () =>
    open(`${local.deck}/?state=success`, async (page) => {
      const rows = await page.locator("tbody tr").count();
      await local.people.grace.comment(1, "/test lint");
      await expect.poll(() => page.locator("tbody tr").count(), { timeout: 30_000 }).toBeGreaterThan(rows);
    }));

  test("the page of a run shows its log while it runs, and its artifacts after", async () => {
    await local.people.grace.comment(1, "/test unit");
    await until(async () =>
      (await local.jobs()).some(({ spec, status }) => spec.job === "unit" && status.state === "pending"),
    );
    const run = (await local.jobs()).find(
      ({ spec, status }) => spec.job === "unit" && status.state === "pending",
    )!;
    await open(`${local.deck}/prowjob-view/${run.metadata.name}`, async (page) => {
      await expect.poll(() => page.locator(".log li").count(), { timeout: 30_000 }).toBeGreaterThan(3);
      await expect.poll(() => page.locator("h1").textContent(), { timeout: 30_000 }).toContain("success");
      await expect
        .poll(() => page.locator(".artifacts").textContent(), { timeout: 30_000 })
        .toContain("finished.json");
    });
  });

  test("a person comments on a pull request as somebody, and the bot acts", () =>
    open(`${local.github}/harbour/knots/pull/1`, async (page) => {
      await page.locator("textarea[name=body]").fill("/hold");
      await page.locator("form:has(textarea[name=body]) button").first().click();
      await until(
        async () =>
          (await local.people.grace.pull(1)).labels.some(({ name }) => name === "do-not-merge/hold"),
        "the label",
      );
      await page.reload();
      expect(await page.locator("body").textContent()).toContain("do-not-merge/hold");
    }));

  test("what people write is never run", async () => {
    await local.people.grace.comment(
      1,
      '<img src=x onerror="document.title=1"><script>document.title=2</script> [x](javascript:alert(1))',
    );
    await open(`${local.github}/harbour/knots/pull/1`, async (page) => {
      expect(await page.title()).not.toMatch(/^[12]$/);
      expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    });
  });
});
