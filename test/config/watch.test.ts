import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigStatus } from "../../src/config/status.ts";
import { ConfigError, type ConfigWatch, type WatchOptions, watchConfig } from "../../src/config/watch.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";

/** A clock whose pauses end when the test says so. */
function steppedClock() {
  let wake: (() => void) | undefined;
  let minutes = 0;
  const clock: Clock = {
    now: () => new Date(minutes * 60_000),
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        wake = resolve;
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  const step = async () => {
    minutes++;
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

  function watched(more: Partial<WatchOptions> = {}): { watch: ConfigWatch; step: () => Promise<void> } {
    const { clock, step } = steppedClock();
    const watch = watchConfig({
      configPath: path("config.yaml"),
      jobConfigPath: path("jobs"),
      sections: [],
      clock,
      log: silent,
      ...more,
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
    expect(watch.status().config.problems).toMatchObject([
      { level: "error", file: path("jobs/a.yml"), line: 1 },
    ]);
    writeFileSync(path("jobs/a.yml"), job("mended"));
    await step();
    expect(names(watch)).toEqual(["mended", "b"]);
    expect(watch.status().config.problems).toEqual([]);
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

  it("is read again only where it changed", async () => {
    mkdirSync(path("jobs/..1"));
    for (const name of ["c", "d"]) {
      writeFileSync(path(`jobs/..1/${name}.yaml`), job(name));
      symlinkSync(`..data/${name}.yaml`, path(`jobs/${name}.yaml`));
    }
    symlinkSync("..1", path("jobs/..data"));
    const { watch, step } = watched();
    const before = watch.config().periodics;
    // Kubernetes writes the whole ConfigMap anew, and swaps the link.
    mkdirSync(path("jobs/..2"));
    writeFileSync(path("jobs/..2/c.yaml"), job("c"));
    writeFileSync(path("jobs/..2/d.yaml"), job("d2"));
    symlinkSync("..2", path("jobs/..data_tmp"));
    renameSync(path("jobs/..data_tmp"), path("jobs/..data"));
    await step();
    const after = watch.config().periodics;
    expect(after.map(({ name }) => name)).toEqual(["a", "c", "d2", "b"]);
    expect(after.map((one) => before.includes(one))).toEqual([true, true, false, true]);
    writeFileSync(path("jobs/e.yaml"), job("e"));
    await step();
    const grown = watch.config().periodics;
    expect(grown.map(({ name }) => name)).toEqual(["a", "c", "d2", "e", "b"]);
    expect(grown.filter((one) => !after.includes(one)).map(({ name }) => name)).toEqual(["e"]);
  });

  it("tells of each half since when it is or is not in force", async () => {
    writeFileSync(path("plugins.yaml"), "plugins: {}\n");
    const seen: ConfigStatus[] = [];
    const { watch, step } = watched({
      pluginConfigPath: path("plugins.yaml"),
      onStatus: (status) => seen.push(status),
    });
    const at = (minute: number) => new Date(minute * 60_000);
    expect(watch.status().config).toEqual({ current: true, since: at(0), loaded: at(0), problems: [] });
    writeFileSync(path("plugins.yaml"), "plugins: {a/b: {plugins: 7}}\n");
    await step();
    writeFileSync(path("plugins.yaml"), "plugins: {a/b: {plugins: 77}}\n");
    await step();
    expect(watch.status()).toMatchObject({
      config: { current: true, since: at(0), loaded: at(2), problems: [] },
      plugins: { current: false, since: at(1), loaded: at(0), problems: [{ line: 1, column: 17 }] },
    });
    writeFileSync(path("plugins.yaml"), "plugins: {}\n");
    await step();
    expect(watch.status().plugins).toEqual({ current: true, since: at(3), loaded: at(3), problems: [] });
    expect(seen.map(({ plugins }) => plugins?.current)).toEqual([true, false, false, true]);
  });

  it("tells once of files that cannot be read, and takes up again when they can", async () => {
    const errors: unknown[] = [];
    const { watch, step } = watched({ log: { ...silent, error: (fields) => errors.push(fields) } });
    renameSync(path("config.yaml"), path("away.yaml"));
    await step();
    await step();
    expect(errors).toHaveLength(1);
    expect(watch.status().config).toMatchObject({
      current: false,
      problems: [{ file: path("config.yaml") }],
    });
    renameSync(path("away.yaml"), path("config.yaml"));
    await step();
    expect(watch.status().config).toMatchObject({ current: true, problems: [] });
    expect(names(watch)).toEqual(["a", "b"]);
  });

  it("must be right at the start", () => {
    writeFileSync(path("config.yaml"), "log_level: loud\n");
    expect(() => watched()).toThrow(ConfigError);
    expect(() => watched()).toThrow(/config\.yaml:1:1: error: not a valid logrus Level/);
  });
});
