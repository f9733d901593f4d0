// JUnit's XML: what tools write is understood, and what somebody hostile writes is survived.
import { describe, expect, test } from "vitest";
import { JUNIT_LIMITS, type JUnitLimits, type JUnitTest, readJUnit } from "../../src/lib/junit.ts";

async function* chunked(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function read(text: string, { size = 7, ...limits }: Partial<JUnitLimits> & { size?: number } = {}) {
  const tests: JUnitTest[] = [];
  const fault = await readJUnit(chunked(text, size), (found) => tests.push(found), {
    ...JUNIT_LIMITS,
    ...limits,
  });
  return { tests, fault };
}

const brief = ({ name, outcome }: JUnitTest) => `${name} ${outcome}`;

describe("reports of tools", () => {
  test("pytest: suites, failures with texts, files and lines", async () => {
    const { tests, fault } = await read(`<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" tests="3" failures="1" time="1,234.5">
<testcase classname="tests.test_a.TestX" name="test_sum[1 &lt; 2]" file="tests/test_a.py" line="12" time="0.25">
<failure message="assert 1 == 2">tests/test_a.py:14: AssertionError
E   assert 1 == 2 – é</failure><system-out>noise</system-out></testcase>
<testcase classname="tests.test_a" name="test_skip" time="0"><skipped type="pytest.skip" message="later">x</skipped></testcase>
<testcase classname="tests.test_a" name="test_ok" time="1,002.5"/>
</testsuite></testsuites>`);
    expect(fault).toBeUndefined();
    expect(tests).toEqual([
      {
        ...{ name: "test_sum[1 < 2]", suite: "pytest", className: "tests.test_a.TestX", outcome: "failed" },
        ...{ seconds: 0.25, file: "tests/test_a.py", line: 12, message: "assert 1 == 2" },
        text: "tests/test_a.py:14: AssertionError\nE   assert 1 == 2 – é",
      },
      {
        ...{ name: "test_skip", suite: "pytest", className: "tests.test_a", outcome: "skipped" },
        ...{ seconds: 0, message: "later", text: "x" },
      },
      {
        ...{ name: "test_ok", suite: "pytest", className: "tests.test_a", outcome: "passed" },
        ...{ seconds: 1002.5, message: "", text: "" },
      },
    ]);
  });

  test("gotestsum and Ginkgo: one suite at the root, CDATA, errors", async () => {
    const { tests } = await read(
      `<testsuite name="pkg"><testcase name="TestA"><failure><![CDATA[    a_test.go:7: <no>]]></failure></testcase>
<testcase name="TestB"><error message="panic"/></testcase></testsuite>`,
    );
    expect(tests.map(brief)).toEqual(["TestA failed", "TestB failed"]);
    expect(tests.map(({ text, message }) => text + message)).toEqual(["    a_test.go:7: <no>", "panic"]);
  });

  test("nested suites, and a file that stands on the suite", async () => {
    const { tests } = await read(
      `<testsuites><testsuite name="a" file="a.js"><testsuite name="b"><testcase name="x"/></testsuite><testcase name="y"/></testsuite></testsuites>`,
    );
    expect(tests.map(({ suite, name, file }) => `${suite} ${name} ${file}`)).toEqual([
      "b x a.js",
      "a y a.js",
    ]);
  });

  test.each([1, 2, 3, 5, 64, 100_000])("in chunks of %i bytes", async (size) => {
    const text = `<testsuite><testcase name="ünï 🚢"><failure>tëxt 🚢</failure></testcase></testsuite>`;
    expect((await read(text, { size })).tests).toMatchObject([{ name: "ünï 🚢", text: "tëxt 🚢" }]);
  });
});

describe("reports that are not as they should be", () => {
  test("control characters of a terminal are read over", async () => {
    const { tests, fault } = await read(
      `<testsuite><testcase name="a"><failure>\u001b[31mred\u001b[0m</failure></testcase><testcase name="b"/></testsuite>`,
    );
    expect(tests.map(brief)).toEqual(["a failed", "b passed"]);
    expect(fault).toMatch(/^is not well-formed: disallowed character/);
  });

  test.each([
    ["cut off", `<testsuite><testcase name="a"/><testcase name="b"><fail`, "unclosed tag"],
    ["no XML", "panic: runtime error <nil>", "text data outside of root node"],
    ["empty", "", "document must contain a root element"],
  ])("%s", async (_, text, words) => {
    const { tests, fault } = await read(text);
    expect(fault).toContain(words);
    expect(tests.every(({ name }) => name === "a")).toBe(true);
  });

  test("what is not JUnit has no tests", async () => {
    expect(await read("<html><body><p>failure</p></body></html>")).toEqual({ tests: [], fault: undefined });
  });
});

describe("hostile reports", () => {
  const MB = 1_000_000;

  test("entities are not expanded, neither billions of laughs nor files", async () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
      "",
    );
    const { tests, fault } = await read(
      `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>
<testsuite><testcase name="&l9;"><failure>&f;&l9;</failure></testcase></testsuite>`,
      { size: 1000 },
    );
    expect(fault).toContain("undefined entity");
    expect(tests).toMatchObject([{ name: "&l9;", text: "&f;&l9;" }]);
  });

  test("an element of very many attributes ends the reading: each is kept until it is whole", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `a${i}=""`).join(" ");
    const { tests, fault } = await read(`<testsuite><testcase name="a"/><testcase ${many}/></testsuite>`);
    expect(fault).toBe("has an element of more than 10000 attributes");
    expect(tests.map(brief)).toEqual(["a passed"]);
  });

  test("elements nested too deep end the reading; what came before counts", async () => {
    const { tests, fault } = await read(`<testsuite><testcase name="a"/>${"<a>".repeat(200_000)}`, {
      size: 65_536,
    });
    expect(fault).toBe("nests elements more than 100 deep");
    expect(tests.map(brief)).toEqual(["a passed"]);
  });

  test.each([
    ["a text", `<testsuite><testcase name="a"/><testcase name="b"><failure>`, "x"],
    ["a CDATA section", `<testsuite><testcase name="a"/><system-out><![CDATA[`, "x"],
    ["an attribute", `<testsuite><testcase name="a"/><testcase name="`, "x"],
    ["a comment", `<testsuite><testcase name="a"/><!-- `, "x"],
    ["one tag's attributes", `<testsuite><testcase name="a"/><testcase `, `b="c" `],
    ["an entity", `<testsuite><testcase name="a"/>&`, "x"],
  ])("%s without end", async (_, before, endless) => {
    const { tests, fault } = await read(before + endless.repeat(3 * MB), { size: 65_536, longestText: MB });
    expect(fault).toMatch(
      /has a text of more than 1000000 characters|has an element of more than 10000 attributes|is not well-formed/,
    );
    expect(tests.map(brief)).toEqual(["a passed"]);
  });

  test("a file that is too long is read up to there", async () => {
    const { tests, fault } = await read(`<testsuite>${`<testcase name="a"/>`.repeat(50_000)}`, {
      size: 65_536,
      most: MB / 2,
    });
    expect(fault).toBe("is longer than 500000 bytes");
    expect(tests.length).toBeGreaterThan(20_000);
  });

  test("names and texts are cut", async () => {
    const { tests } = await read(
      `<testsuite><testcase name="${"n".repeat(5_000)}"><failure message="${"m".repeat(50_000)}">${"t".repeat(50_000)}</failure></testcase></testsuite>`,
      { size: 65_536 },
    );
    const [only] = tests;
    expect([only!.name.length, only!.message.length, only!.text.length]).toEqual([1_000, 8_000, 8_000]);
  });

  test("faults without end end the reading", async () => {
    const { fault } = await read(`<testsuite>${"&nope;".repeat(5_000)}`, { size: 65_536 });
    expect(fault).toContain("undefined entity");
  });
});
