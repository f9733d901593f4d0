// What is read of a job's artifacts: reports anywhere below, matchers of the job's own, the log; within bounds.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readEvidence as readAt } from "../../../src/crier/checks/evidence.ts";
import type { BlobRead, ObjectInfo } from "../../../src/storage/port.ts";

/** Each look at it is `ms` later. */
function readEvidence(store: BlobRead, job: string, matchers: Parameters<typeof readAt>[2], ms = 0) {
  let now = 0;
  return readAt(store, job, matchers, {
    now() {
      now += ms;
      return new Date(now);
    },
  });
}

const JOB = "gs://b/pr-logs/pull/1/unit/17";
const failing = (name: string) =>
  `<testsuite name="s"><testcase name="${name}"><failure>f</failure></testcase></testsuite>`;
const go = {
  owner: "go",
  pattern: [{ regexp: String.raw`^(\S+\.go):(\d+): (.*)`, file: 1, line: 2, message: 3 }],
};

/** Paths below the job's directory; a Buffer is stored compressed. */
function stored(files: Record<string, string | Buffer>, read: string[] = []): BlobRead {
  const all = new Map(
    Object.entries(files).map(([path, content]) => [`${JOB}/${path}`, Buffer.from(content)]),
  );
  const info = (url: string): ObjectInfo => ({
    url,
    size: all.get(url)!.length,
    updated: "",
    ...(files[url.slice(JOB.length + 1)] instanceof Buffer && { contentEncoding: "gzip" }),
  });
  return {
    stat: async (url) => (all.has(url) ? info(url) : undefined),
    async read(url, range) {
      read.push(url);
      return new Response(all.get(url)!.subarray(range?.start ?? 0)).body!;
    },
    sign: async () => undefined,
    async list(prefix) {
      const below = [...all.keys()]
        .filter((url) => url.startsWith(prefix))
        .map((url) => url.slice(prefix.length));
      return {
        objects: below.filter((path) => !path.includes("/")).map((path) => info(prefix + path)),
        prefixes: [
          ...new Set(
            below.filter((path) => path.includes("/")).map((path) => `${prefix}${path.split("/")[0]}/`),
          ),
        ],
      };
    },
  };
}

describe("JUnit reports", () => {
  test("are found at any depth, compressed too, and make one tally; other files are not read", async () => {
    const read: string[] = [];
    const store = stored(
      {
        "artifacts/junit.xml": failing("a"),
        "artifacts/deep/er/junit_b.xml": Buffer.from(gzipSync(failing("b"))),
        "artifacts/results.xml": failing("c"),
        "build-log.txt": "",
      },
      read,
    );
    const { tests, faults } = await readEvidence(store, JOB, []);
    expect(tests).toMatchObject({ tests: 2, failed: 2 });
    expect(faults).toEqual([]);
    expect(read).toHaveLength(2);
  });

  test("that are broken are told of, and the others count", async () => {
    const store = stored({ "artifacts/junit_a.xml": "<testsuite>", "artifacts/junit_b.xml": failing("b") });
    const { tests, faults } = await readEvidence(store, JOB, []);
    expect(tests).toMatchObject({ failed: 1 });
    expect(faults).toEqual([expect.stringMatching(/^artifacts\/junit_a\.xml is not well-formed: /)]);
  });

  test("without any there is no tally; of very many some are read", async () => {
    expect((await readEvidence(stored({}), JOB, [])).tests).toBeUndefined();
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`artifacts/junit_${i}.xml`, failing(`t${i}`)]),
    );
    const { tests, faults } = await readEvidence(stored(many), JOB, []);
    expect([tests!.failed, faults]).toEqual([50, ["of 60 JUnit reports the first 50 were read"]]);
  });

  test("a tree of directories without end ends", async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`artifacts/d${i}/x.txt`, ""]));
    const { faults } = await readEvidence(stored(many), JOB, []);
    expect(faults).toEqual(["there are too many artifacts to look at all of them"]);
  });

  test("a small file that unpacks to a huge one is read up to the limit", async () => {
    const bomb = gzipSync(`<testsuite>${" ".repeat(120_000_000)}`);
    expect(bomb.length).toBeLessThan(200_000);
    const { faults } = await readEvidence(stored({ "artifacts/junit.xml": bomb }), JOB, []);
    expect(faults).toEqual([expect.stringMatching(/is longer than|has a text of more than/)]);
  });
});

describe("problems of the log", () => {
  test("are found by configured matchers and those of the job, in lines as a terminal shows them", async () => {
    const own = {
      problemMatcher: [
        { owner: "x", pattern: [{ regexp: String.raw`^E (\S+) (\d+) (.*)`, file: 1, line: 2, message: 3 }] },
      ],
    };
    const store = stored({
      "artifacts/problem-matchers.json": JSON.stringify(own),
      "build-log.txt": "\u001b[31mpkg/a.go:3: bad\u001b[0m\r\nE b.txt 4 worse\nfine",
    });
    const { problems } = await readEvidence(store, JOB, [go]);
    expect(problems.map(({ owner, file, line, message }) => `${owner} ${file}:${line} ${message}`)).toEqual([
      "go pkg/a.go:3 bad",
      "x b.txt:4 worse",
    ]);
  });

  test("without a matcher the log is not read", async () => {
    const read: string[] = [];
    await readEvidence(stored({ "build-log.txt": "a.go:1: b" }, read), JOB, []);
    expect(read).toEqual([]);
  });

  test.each([
    ["no JSON", "{", "is no JSON"],
    ["no list", "{}", 'has no list "problemMatcher"'],
    ["a wrong type", '{"problemMatcher":[{"owner":7,"pattern":"x"}]}', "problemMatcher"],
    [
      "a regexp that is none",
      '{"problemMatcher":[{"owner":"bad","pattern":[{"regexp":"(","message":1}]}]}',
      'matcher "bad" has a regexp that RE2 refuses',
    ],
    [
      "a regexp that costs much",
      '{"problemMatcher":[{"owner":"big","pattern":[{"regexp":"(?:a?){900}b$","message":1}]}]}',
      'matcher "big" has a regexp that is too large',
    ],
    ["too long", `"${"x".repeat(300_000)}"`, "is longer than 256000 bytes"],
  ])("a job's matchers that are %s are told of, and the configured ones work", async (_, text, words) => {
    const store = stored({ "artifacts/problem-matchers.json": text, "build-log.txt": "a.go:1: b" });
    const { problems, faults } = await readEvidence(store, JOB, [go]);
    expect(problems).toHaveLength(1);
    expect(faults).toEqual([expect.stringContaining(words)]);
  });

  test("a job's own matchers are given up when they take long; the configured ones go on", async () => {
    const own = { problemMatcher: [{ ...go, owner: "slow" }] };
    const store = stored({
      "artifacts/problem-matchers.json": JSON.stringify(own),
      "build-log.txt": "a.go:1: b\n".repeat(20),
    });
    const { problems, faults } = await readEvidence(store, JOB, [go], 600);
    const by = (name: string) => problems.filter(({ owner }) => owner === name).length;
    expect(by("go")).toBe(20);
    expect(by("slow")).toBeLessThan(10);
    expect(faults).toEqual([expect.stringContaining("problem-matchers.json took too long")]);
  });

  test("a huge log is read from its end, a line without end is cut, and problems are at most some", async () => {
    const store = stored({
      "build-log.txt": `first.go:1: no\n${"x".repeat(17_000_000)}\n${"a.go:1: b\n".repeat(400)}last.go:9: yes`,
    });
    const { problems } = await readEvidence(store, JOB, [go]);
    expect(problems.length).toBeLessThanOrEqual(151);
    expect(problems.some(({ file }) => file === "first.go")).toBe(false);
  });
});
