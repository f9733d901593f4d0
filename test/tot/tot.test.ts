// Build numbers: counted up, kept through a crash, begun where object storage says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { silent } from "../../src/lib/logger.ts";
import { lastBuilds } from "../../src/tot/fallback.ts";
import { totHandler } from "../../src/tot/handler.ts";
import { TotStore } from "../../src/tot/store.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cutwater-tot-"));
  path = join(directory, "tot.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

async function tot(base: (job: string) => Promise<number> = async () => 0) {
  const answer = totHandler({ store: await TotStore.open(path), base, log: silent });
  return async (method: string, at: string, body?: string) => {
    const response = await answer(new Request(`http://tot${at}`, { method, ...(body && { body }) }));
    return `${response.status} ${(await response.text()).trim()}`;
  };
}

test("numbers count up by job, are looked at and set", async () => {
  const ask = await tot();
  expect(await ask("HEAD", "/vend/a")).toBe("200 0");
  expect([await ask("GET", "/vend/a"), await ask("GET", "/vend/a")]).toEqual(["200 1", "200 2"]);
  expect(await ask("GET", "/vend/b")).toBe("200 1");
  expect(await ask("POST", "/vend/a", "41")).toBe("200 ");
  expect(await ask("GET", "/vend/a")).toBe("200 42");
  expect(await ask("HEAD", "/vend/a")).toBe("200 42");
});

test("what was given is in the file before it is told, and is gone on from", async () => {
  const ask = await tot();
  const given = await Promise.all(Array.from({ length: 50 }, () => ask("GET", "/vend/__proto__")));
  expect(new Set(given).size).toBe(50);
  expect(JSON.parse(readFileSync(path, "utf8")).Number).toEqual(JSON.parse('{"__proto__": 50}'));
  expect(await (await tot())("GET", "/vend/__proto__")).toBe("200 51");
});

test("Prow's own file is read", async () => {
  writeFileSync(path, '{"Number":{"a":7}}');
  expect(await (await tot())("GET", "/vend/a")).toBe("200 8");
});

test.each(["", "[]", '{"Number":{"a":"x"}}', '{"Number":7}'])(
  "a broken file is refused: %s",
  async (text) => {
    writeFileSync(path, text);
    await expect(TotStore.open(path)).rejects.toThrow();
  },
);

test.each([
  ["POST", "/vend/a", "x", "400 the body must be a number"],
  ["POST", "/vend/a", "99999999999999999999999", "400 the body must be a number"],
  ["PUT", "/vend/a", "1", "405 GET, HEAD or POST"],
  ["GET", "/vend/", undefined, "404 ask for /vend/<job>"],
  ["GET", "/vend/%ff", undefined, "404 ask for /vend/<job>"],
])("%s %s %s is refused", async (method, at, body, answer) => {
  expect(await (await tot())(method, at, body)).toBe(answer);
});

test("a directory that is not there is told at the start", async () => {
  await expect(TotStore.open("/nowhere/at/all/tot.json")).rejects.toThrow("no such file or directory");
});

test("a number that cannot be kept is not given", async () => {
  const ask = await tot();
  rmSync(directory, { recursive: true });
  expect(await ask("GET", "/vend/a")).toMatch(/^503 /);
  directory = mkdtempSync(join(tmpdir(), "cutwater-tot-"));
});

describe("a job that is new to tot", () => {
  const config = { presubmits: { "o/r": [{ name: "pre" }] }, postsubmits: {}, periodics: [{ name: "per" }] };
  function storage(answer: () => Response, bucket = "") {
    const asked: string[] = [];
    const web = (async (url: string) => {
      asked.push(url);
      return answer();
    }) as typeof fetch;
    const base = lastBuilds({
      template: "http://storage/logs/%s/latest-build.txt",
      config: () => config as unknown as Config,
      clock: { sleep: async () => undefined },
      signal: new AbortController().signal,
      ...{ web, bucket },
    });
    return { asked, base };
  }

  test("goes on from its last build; the storage is asked once", async () => {
    const { asked, base } = storage(() => new Response("41\n"));
    const ask = await tot(base);
    expect((await Promise.all([ask("GET", "/vend/a"), ask("GET", "/vend/a")])).sort()).toEqual([
      "200 42",
      "200 43",
    ]);
    expect(asked).toEqual(["http://storage/logs/a/latest-build.txt"]);
  });

  test.each([
    ["pre", ["http://bucket/pr-logs/directory/pre/latest-build.txt"]],
    ["per", ["http://bucket/logs/per/latest-build.txt"]],
    ["unknown", []],
  ])("%s is found in the bucket", async (job, urls) => {
    const { asked, base } = storage(() => new Response("", { status: 404 }), "http://bucket/");
    expect(await (await tot(base))("GET", `/vend/${job}`)).toBe("200 1");
    expect(asked).toEqual(urls);
  });

  test("gets no number while the storage does not say", async () => {
    const { asked, base } = storage(() => new Response("", { status: 500 }));
    expect(await (await tot(base))("GET", "/vend/a")).toMatch(/^503 /);
    expect(asked).toHaveLength(10);
  });
});
