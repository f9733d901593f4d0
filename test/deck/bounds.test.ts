// What strangers may have deck work for: the same list is made once, and a badge is of so many jobs.
import { describe, expect, test } from "vitest";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { deck, NOW, prowJob, storeOf } from "./deck.ts";

const OMITTED = ["annotations", "labels", "decoration_config", "pod_spec"];
const VARIANTS = Array.from({ length: 16 }, (_, bits) => OMITTED.filter((_, n) => bits & (1 << n)).join());

/** A deck whose clock stands still until it is set, and that counts how often the jobs are listed. */
function counting(jobs: ProwJob[]) {
  const seen = { lists: 0, now: NOW };
  const list = () => {
    seen.lists += 1;
    return jobs;
  };
  const clock = { now: () => seen.now, sleep: async () => {} };
  return { seen, ask: deck({ jobs: { ...storeOf(jobs), list }, clock }) };
}

describe("/prowjobs.js", () => {
  test("makes each variant of the list once a second, however they are asked for in turn", async () => {
    const { ask, seen } = counting([prowJob()]);
    const all = () => Promise.all([...VARIANTS, ...VARIANTS].map((omit) => ask(`/prowjobs.js?omit=${omit}`)));
    for (let round = 0; round < 3; round++) await all();
    expect(seen.lists).toBe(16);
    seen.now = new Date(NOW.getTime() + 1_001);
    await all();
    expect(seen.lists).toBe(32);
  });

  test("takes filters that ask for the same as the same", async () => {
    const { ask, seen } = counting([prowJob()]);
    for (const query of ["", "?org=", "?repo=", "?owner=&org="]) await ask(`/prowjobs.js${query}`);
    expect(seen.lists).toBe(1);
    for (const query of ["org=acme", "owner=acme", "org=acme&owner=acme&repo="]) {
      const { items } = (await (await ask(`/prowjobs.js?${query}`)).json()) as { items: ProwJob[] };
      expect(items).toHaveLength(1);
    }
    expect(seen.lists).toBe(2);
    const { items } = (await (await ask("/prowjobs.js?org=acme&owner=other")).json()) as { items: ProwJob[] };
    expect(items).toEqual([]);
  });

  test("all variants of one filter are made once too, and no number of filters makes the whole list again", async () => {
    const { ask, seen } = counting([prowJob()]);
    await ask("/prowjobs.js");
    const ofAcme = () => Promise.all(VARIANTS.map((omit) => ask(`/prowjobs.js?org=acme&omit=${omit}`)));
    await ofAcme();
    await ofAcme();
    expect(seen.lists).toBe(17);
    for (let n = 0; n < 100; n++) await ask(`/prowjobs.js?org=o${n}`);
    expect(seen.lists).toBe(117);
    await ask("/prowjobs.js");
    expect(seen.lists).toBe(117);
  });
});

describe("/badge.svg", () => {
  const done = { state: "failure", completionTime: "2026-11-23T11:59:30Z" } as const;
  const ask = deck({ jobs: storeOf([prowJob({ spec: { job: "Unit-fast" }, status: done })]) });
  const badge = (globs: string[]) => ask(`/badge.svg?jobs=${globs.join()}`);

  test("is of at most fifty globs, and says so", async () => {
    const most = [...Array.from({ length: 49 }, () => "q"), "unit*"];
    expect(await (await badge(most)).text()).toContain("failing Unit-fast");
    const refused = await badge([...most, "q"]);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("51 globs");
  });

  test.each([
    ["uNIT-FAST", true],
    ["u**t-*fast", true],
    ["**fast**", true],
    ["***", true],
    ["unit", false],
    ["unit-f*fast", false],
    ["*x*", false],
    ["", false],
  ])("glob %j: %s", async (glob, named) => {
    expect(await (await badge([glob, "q"])).text()).toContain(named ? "failing" : "no results");
  });
});
