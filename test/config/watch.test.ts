import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, type ConfigWatch, watchConfig } from "../../src/config/watch.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";

/** A clock whose pauses end when the test says so. */
function steppedClock() {
  let wake: (() => void) | undefined;
  const clock: Clock = {
    now: () => new Date(0),
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        wake = resolve;
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  const step = async () => {
    wake?.();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { clock, step };
}

const job = (name: string) => `periodics: [{name: ${name}, interval: 1h, spec: {containers: [{image: a}]}}]`;

describe("configuration on disk", () => {
  let directory: string;
  const stop = new AbortController();
  const path = (name: string) => join(directory, name);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "cutwater-config-"));
    writeFileSync(path("config.yaml"), "pod_namespace: one\n");
    mkdirSync(path("jobs/sub"), { recursive: true });
    writeFileSync(path("jobs/sub/b.yaml"), job("b"));
    writeFileSync(path("jobs/a.yml"), job("a"));
    writeFileSync(path("jobs/README.md"), "not yaml: [");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function watched(): { watch: ConfigWatch; step: () => Promise<void> } {
    const { clock, step } = steppedClock();
    const watch = watchConfig({
      configPath: path("config.yaml"),
      jobConfigPath: path("jobs"),
      sections: [],
      clock,
      log: silent,
    });
    void watch.start(stop.signal);
    return { watch, step };
  }
  const names = (watch: ConfigWatch) => watch.config().periodics.map(({ name }) => name);

  it("is read as a tree in the order of names", () => {
    expect(names(watched().watch)).toEqual(["a", "b"]);
  });

  it("is followed", async () => {
    const { watch, step } = watched();
    const seen: string[] = [];
    watch.onChange((config) => seen.push(config.pod_namespace));
    writeFileSync(path("config.yaml"), "pod_namespace: another\n");
    await step();
    expect(seen).toEqual(["another"]);
    await step();
    expect(seen).toHaveLength(1);
    rmSync(path("jobs/sub/b.yaml"));
    await step();
    expect(names(watch)).toEqual(["a"]);
  });

  it("stays as it was while the files are wrong, and says what is wrong", async () => {
    const { watch, step } = watched();
    writeFileSync(
      path("jobs/a.yml"),
      "periodics: [{name: a, interval: soon, spec: {containers: [{image: a}]}}]",
    );
    await step();
    expect(names(watch)).toEqual(["a", "b"]);
    expect(watch.problems()).toMatchObject([{ level: "error", file: path("jobs/a.yml"), line: 1 }]);
    writeFileSync(path("jobs/a.yml"), job("mended"));
    await step();
    expect(names(watch)).toEqual(["mended", "b"]);
    expect(watch.problems()).toEqual([]);
  });

  it("follows a ConfigMap, whose files are links into ..data", async () => {
    rmSync(path("jobs"), { recursive: true });
    for (const version of ["..1", "..2"]) {
      mkdirSync(path(`jobs/${version}`), { recursive: true });
      writeFileSync(path(`jobs/${version}/a.yaml`), job(version.replace("..", "v")));
    }
    symlinkSync("..1", path("jobs/..data"));
    symlinkSync("..data/a.yaml", path("jobs/a.yaml"));
    const { watch, step } = watched();
    expect(names(watch)).toEqual(["v1"]);
    symlinkSync("..2", path("jobs/..data_tmp"));
    renameSync(path("jobs/..data_tmp"), path("jobs/..data"));
    await step();
    expect(names(watch)).toEqual(["v2"]);
  });

  it("must be right at the start", () => {
    writeFileSync(path("config.yaml"), "log_level: loud\n");
    expect(() => watched()).toThrow(ConfigError);
    expect(() => watched()).toThrow(/config\.yaml:1:1: error: not a valid logrus Level/);
  });
});
