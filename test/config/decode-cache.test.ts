import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDecodeCache } from "../../src/config/decode-cache.ts";
import { loadConfig } from "../../src/config/load.ts";

const JOBS = `periodics:
- {name: a, interval: 1h, spec: {containers: [{image: "é"}]}, no_such_field: 1}
`;

describe("what files decode to, kept on disk", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "cutwater-cache-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const pack = () => join(directory, readdirSync(directory)[0]!);
  const load = (path = "jobs.yaml", text = JOBS, version = "1") => {
    const cache = openDecodeCache(directory, version);
    const config = { path: "config.yaml", text: "pod_namespace: pods\n" };
    const { config: loaded, problems } = loadConfig({ config, jobs: [{ path, text }] }, [], { cache });
    cache.save();
    return { loaded, problems };
  };
  const answer = (kind: string, text: string, version = "1") =>
    openDecodeCache(directory, version).slot(kind, text).answer;

  test("gives the same configuration and problems, also for a file that has moved", () => {
    const cold = load();
    expect(answer("jobs", JOBS)).toMatchObject({ data: { periodics: [{ name: "a" }] } });
    expect(load()).toEqual(cold);
    const moved = load("elsewhere.yaml");
    expect(moved.loaded).toEqual(cold.loaded);
    expect(moved.problems).toMatchObject([{ file: "elsewhere.yaml", line: 2 }]);
  });

  test("holds for that content, that kind and that code only", () => {
    load();
    expect(answer("jobs", `${JOBS}#`)).toBeUndefined();
    expect(answer("config", JOBS)).toBeUndefined();
    expect(answer("jobs", JOBS, "2")).toBeUndefined();
    load("jobs.yaml", JOBS, "2");
    expect(answer("jobs", JOBS, "2")).toBeDefined();
  });

  test("what was sound is checked again when its surroundings are others, what was not always", () => {
    const config = (queues: string) => ({
      path: "config.yaml",
      text: `plank:\n  job_queue_capacities: {${queues}}\n`,
    });
    const jobs = ["one", "two"].map((queue) => ({
      path: `${queue}.yaml`,
      text: `periodics:\n- {name: ${queue}, interval: 1h, job_queue_name: ${queue}, spec: {containers: [{image: i}]}}\n`,
    }));
    const wrong = (queues: string) => {
      const cache = openDecodeCache(directory, "1");
      const { problems } = loadConfig({ config: config(queues), jobs }, [], { cache });
      cache.save();
      return problems.map(({ file }) => file);
    };
    for (let i = 0; i < 2; i++) {
      expect(wrong("one: 1")).toEqual(["two.yaml"]);
      expect(wrong("two: 1")).toEqual(["one.yaml"]);
      expect(wrong("one: 1, two: 1")).toEqual([]);
    }
  });

  test("grows by what is new", () => {
    load();
    const before = statSync(pack()).size;
    load();
    expect(statSync(pack()).size).toBe(before);
    load("jobs.yaml", JOBS.replace("1h", "2h"));
    expect(statSync(pack()).size).toBeGreaterThan(before);
    expect(answer("jobs", JOBS)).toBeDefined();
  });

  test("leaves damaged answers out, wherever the damage is, and mends itself", () => {
    const cold = load();
    const whole = readFileSync(pack());
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x11;
      writeFileSync(pack(), damaged);
      expect(load()).toEqual(cold);
    }
    writeFileSync(pack(), whole.subarray(0, whole.length - 5));
    expect(load()).toEqual(cold);
    expect(answer("jobs", JOBS)).toBeDefined();
  });

  test("is readable by its owner alone, and leaves no other files", () => {
    load();
    expect(statSync(pack()).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() === 0)("is off where it cannot be written", () => {
    chmodSync(directory, 0o500);
    expect(load().loaded?.pod_namespace).toBe("pods");
    expect(readdirSync(directory)).toEqual([]);
  });

  test("is off where there is no directory to be had", () => {
    writeFileSync(join(directory, "file"), "");
    const cache = openDecodeCache(join(directory, "file", "below"), "1");
    cache.slot("jobs", JOBS).keep({ data: {} });
    expect(() => cache.save()).not.toThrow();
  });
});
