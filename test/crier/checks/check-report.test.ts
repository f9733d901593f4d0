// A check run says how its job stands: state, summary, annotations and buttons, within GitHub's limits.
import { describe, expect, test } from "vitest";
import { checkReport } from "../../../src/crier/checks/check-report.ts";
import { type Evidence, NO_EVIDENCE } from "../../../src/crier/checks/evidence.ts";
import { tallying } from "../../../src/crier/checks/tally.ts";
import type { JUnitTest } from "../../../src/lib/junit.ts";
import { BASE, job, SHA } from "../world.ts";

const refs = job("unit", "success").spec.refs!;
const report = (of: ReturnType<typeof job>, evidence: Evidence = NO_EVIDENCE) =>
  checkReport(of, of.spec.refs!, evidence)!;

const failed = (name: string, more: Partial<JUnitTest> = {}): JUnitTest => ({
  ...{ name, suite: "s", className: "c", outcome: "failed", message: "", text: "" },
  ...more,
});
function tested(...tests: JUnitTest[]): Evidence {
  const tally = tallying();
  for (const one of tests) tally.add(one);
  return { ...NO_EVIDENCE, tests: tally.tally() };
}

describe("the state", () => {
  test.each([
    ["triggered", "queued", undefined],
    ["pending", "in_progress", undefined],
    ["success", "completed", "success"],
    ["failure", "completed", "failure"],
    ["error", "completed", "failure"],
    ["aborted", "completed", "cancelled"],
  ] as const)("%s is %s %s", (state, status, conclusion) => {
    const { actions, completed_at, ...found } = report(job("unit", state));
    expect(found).toMatchObject({
      ...{ name: "unit", head_sha: SHA, external_id: "pj-unit", status, details_url: "https://ci/unit" },
      ...(conclusion && { conclusion }),
      ...{ started_at: "2026-01-02T03:00:00Z", annotations: [] },
    });
    expect("conclusion" in found).toBe(conclusion !== undefined);
    expect(completed_at).toBe(conclusion && "2026-01-02T03:01:00Z");
    expect(actions.map(({ identifier }) => identifier)).toEqual(conclusion ? [] : ["cancel"]);
  });

  test("of a job that waits for a scheduler is nothing yet", () => {
    expect(report(job("unit", "scheduling"))).toBeUndefined();
  });

  test("of a postsubmit is on the base", () => {
    const spec = { type: "postsubmit" as const, refs: { ...refs, pulls: [], base_sha: BASE } };
    const found = report(job("publish", "success", { spec }));
    expect(found.head_sha).toBe(BASE);
    expect(found.output.summary).not.toContain("Run again");
  });
});

describe("the summary", () => {
  test("has result, duration and command; the text says on which base, as tide reads it", () => {
    const { output } = report(job("unit", "failure"));
    expect(output).toEqual({
      title: "Job failure.",
      summary: [
        "| | |",
        "|-|-|",
        "| Job | `unit` |",
        "| Result | failure |",
        "| Duration | 1m0s |",
        "| Run again | `/test unit` |",
      ].join("\n"),
      text: `Tested on main BaseSHA:${BASE}`,
    });
  });

  test("tells failed tests, flaky ones only by number, and what could not be read", () => {
    const passed = { outcome: "passed" } as const;
    const evidence = tested(
      failed("a <b>", { message: "no", text: "no\n```\nfence" }),
      failed("flake"),
      failed("flake", passed),
      failed("fine", passed),
      failed("later", { outcome: "skipped" }),
    );
    const { summary } = report(job("unit", "failure"), {
      ...evidence,
      faults: ["junit.xml is\ncut off"],
    }).output;
    expect(summary).toContain("| Tests | 4, 1 failed, 1 flaky, 1 skipped |");
    expect(summary).toContain("Note: junit.xml is cut off");
    expect(summary).toContain(
      "<details><summary>a &lt;b&gt; <em>c</em></summary>\n\n````text\nno\n```\nfence\n````\n\n</details>",
    );
    expect(summary).not.toContain("flake<");
  });

  test("names of artifacts stay text, and very many faults leave room for the rest", () => {
    const faults = [
      "junit![x](http://t)<img>@ann.xml is cut off",
      ...Array<string>(40).fill("y".repeat(20_000)),
    ];
    const { summary } = report(job("unit", "failure"), { ...NO_EVIDENCE, faults }).output;
    expect(summary).toContain("Note: junit&#33;&#91;x&#93;(http://t)&lt;img&gt;&#64;ann.xml is cut off");
    expect(Buffer.byteLength(summary)).toBeLessThan(65_535);
  });

  test("of very many and very long failures stays below what GitHub takes, and says what is missing", () => {
    const many = Array.from({ length: 500 }, (_, i) =>
      failed(`test ${i} ${"ü".repeat(300)}`, { text: "🚢".repeat(4_000) }),
    );
    const { summary } = report(job("unit", "failure"), tested(...many)).output;
    expect(Buffer.byteLength(summary)).toBeLessThan(65_535);
    expect(summary).toMatch(/… and \d+ more, in the job's artifacts\.$/);
    expect(summary.isWellFormed()).toBe(true);
    expect(summary.match(/<details>/g)!.length).toBe(summary.match(/<\/details>/g)!.length);
  });

  test("a title is one line of 140 characters", () => {
    const status = { state: "error", description: `Job can not\nbe created: ${"x".repeat(300)}` } as const;
    const { title } = report(job("unit", "error", { status })).output;
    expect(title).toMatch(/^Job can not be created: x+…$/);
    expect(title).toHaveLength(140);
  });
});

describe("annotations", () => {
  const of = (evidence: Evidence) =>
    report(job("unit", "failure"), evidence).annotations.map(
      ({ path, start_line, annotation_level, title }) => `${path}:${start_line} ${annotation_level} ${title}`,
    );

  test("of failed tests are at the file that the report names, at the line that the text names", () => {
    const own = { file: "tests/test_a.py", line: 10 };
    expect(
      of(
        tested(
          failed("a", { ...own, text: "src/x.py:3: in f\ntests/test_a.py:14: AssertionError" }),
          failed("b", { ...own, text: "nothing" }),
          failed("c", { file: "tests/test_b.py" }),
        ),
      ),
    ).toEqual([
      "tests/test_a.py:14 failure a",
      "tests/test_a.py:10 failure b",
      "tests/test_b.py:1 failure c",
    ]);
  });

  test("of Go's tests are in their package; where nothing is known there is none", () => {
    const go = { className: "github.com/acme/lib/pkg/x" };
    expect(
      of(
        tested(
          failed("TestA", { ...go, text: "    a_test.go:7: got 1" }),
          failed("TestB", { text: "a_test.go:7: b" }),
        ),
      ),
    ).toEqual(["pkg/x/a_test.go:7 failure TestA"]);
  });

  test("of problems have a column and a level, and come after those of tests; each once", () => {
    const problem = {
      file: "src/a.ts",
      line: 3,
      column: 7,
      severity: "warning",
      code: "2304",
      message: "m",
      owner: "tsc",
    } as const;
    const evidence = {
      ...tested(failed("a", { file: "b.ts" })),
      problems: [problem, problem, { ...problem, file: "/usr/x.ts" }],
    };
    expect(report(job("unit", "failure"), evidence).annotations).toMatchObject([
      { path: "b.ts", start_line: 1, annotation_level: "failure" },
      {
        ...{ path: "src/a.ts", start_line: 3, end_line: 3, start_column: 7, end_column: 7 },
        ...{ annotation_level: "warning", title: "tsc: 2304", message: "m" },
      },
    ]);
    const from = { ...problem, file: "b.cs", fromPath: "src/p/p.csproj", line: 2 ** 40 };
    expect(of({ ...NO_EVIDENCE, problems: [from] })).toEqual([`src/p/b.cs:${2 ** 31 - 1} warning tsc: 2304`]);
  });

  test("are at most 150", () => {
    const many = Array.from({ length: 190 }, (_, i) => failed(`t${i}`, { file: "a.ts", line: i + 1 }));
    expect(of(tested(...many))).toHaveLength(150);
  });
});
