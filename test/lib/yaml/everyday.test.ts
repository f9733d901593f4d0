// The quick reader gives what the full one gives, or nothing: told case by case, and over a few thousand changed texts.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mangleText, mutateText } from "../../../scripts/mutate.ts";
import { seeded } from "../../../scripts/seeded.ts";
import { everydayYAML } from "../../../src/lib/yaml/everyday.ts";
import { loadAnyYAML } from "../../../src/lib/yaml/load.ts";

const CONFIG = ["config/config.yaml", "config/plugins.yaml", "config/jobs/harbour/knots.yaml"];

describe("YAML as people mostly write it", () => {
  it.each(CONFIG)("%s is such a text", (path) => {
    const text = readFileSync(path, "utf8");
    expect(everydayYAML(text)?.value).toEqual(loadAnyYAML(text));
  });

  it.each([
    ["maps and lists by indentation", "a:\n  b:\n  - c: 1\n    d: 2\n  -   e: 3\n      f:\n      - g\nh:\n"],
    ["a list in a list", "- - a\n  - b\n-\n  - c\n-\n"],
    ["comments and empty lines", "# one\n\na: b # two\n   # three\nc:   # four\n  d: x#y\n\n"],
    ["a marker before the document", "# one\n---\na: 1\n"],
    [
      "words that are not text",
      "- on\n- No\n- ~\n- Null\n- y\n- only\n- 0644\n- 1_000\n- -1\n- -_1\n- +.5\n- ._5\n- 1e3\n",
    ],
    [
      "text that looks like numbers",
      '- "1"\n- 1.2.3\n- 1:30\n- --flag\n- -x\n- .a\n- 0x\n- _1\n- <none\n- 2026-11-28\n',
    ],
    ["quotes", `"a b": 'it''s'\n'c': "d \\"e\\" \\\\ \\n" # f\n`],
    ["urls and times", "a: https://x.example/y?z=1#w\nb: 10:30\nc: a:b\n"],
    ["literal blocks", "a: |\n  one\n\n    two\t\n  # three\nb: |-\n  x\n\nc:\n- |+\n  y\n\n- z\n"],
    ["folded lines", "a: >-\n  one\n  two\n\nb: >\n  three\n  four\n"],
    [
      "lists in brackets",
      "a: []\nb: [x, 1, 'on', \"y\", off]\nc: [ main , release-1.2 ] # d\ne: [--f, -g]\n",
    ],
    ["maps in braces", "a: {}\nb: { c: d, 'e': on , \"f\": 1}\n"],
    ["letters of anybody", "a: 日本 ä\n"],
  ])("reads %s", (_, text) => {
    expect(everydayYAML(text)).toEqual({ value: loadAnyYAML(text) });
  });

  it.each([
    ["nothing", ""],
    ["nothing but comments", "# a\n"],
    ["no end of the last line", "a: 1"],
    ["a scalar", "a\n"],
    ["a key twice", "a: 1\nb: 2\na: 3\n"],
    ["a key of every object", "constructor: 1\n"],
    ["__proto__", "__proto__: {a: 1}\n"],
    ["a key that is no text", "on: 1\n"],
    ["a number as a key", "1.10: a\n"],
    ["a merge", "<<: *a\n"],
    ["an anchor", "a: &b c\n"],
    ["a tag", "a: !!str 1\n"],
    ["a map in braces in a list in brackets", "a: [{b: c}]\n"],
    ["a key in braces without a value", "a: {b}\n"],
    ["a key in braces twice", "a: {b: 1, b: 2}\n"],
    ["a comma with nothing behind it", "a: [b, ]\n"],
    ["a scalar of two lines", "a: b\n  c\n"],
    ["quoted text of two lines", 'a: "b\n  c"\n'],
    ["a list in brackets of two lines", "a: [b,\n  c]\n"],
    ["a colon in a plain scalar", "a: b: c\n"],
    ["a colon at its end", "- echo a:\n  - b\n"],
    ["a tab for indentation", "a:\n\tb: c\n"],
    ["a carriage return", "a: b\r\n"],
    ["a line of Unicode's", "a: b\u2028c\n"],
    ["a second document", "a: 1\n---\nb: 2\n"],
    ["a directive", "%YAML 1.1\n---\na: 1\n"],
    ["less indentation than began", "  a: 1\nb: 2\n"],
    ["more indentation than there was", "a: 1\n  b: 2\n"],
    ["a block with an indentation of its own", "a: |2\n   b\n"],
    ["a block whose first line is empty", "a: |\n\n  b\n"],
    ["a block that ends in between", "a:\n  b: |\n      c\n    d\n"],
    ["folded lines with a break", "a: >\n  b\n\n  c\n"],
    ["not a number", "a: .nan\n"],
    ["a number without end", "- a: [1e999]\n"],
    ["deep nesting", `${"- ".repeat(40)}a\n`],
  ])("leaves %s to the full reader", (_, text) => {
    expect(everydayYAML(text)).toBeUndefined();
  });

  it("never differs from the full reader", () => {
    const chance = seeded(4);
    const texts = CONFIG.map((path) => readFileSync(path, "utf8"));
    let read = 0;
    for (let i = 0; i < 3000; i++) {
      const lines = chance.pick(texts).split("\n");
      const from = chance.below(lines.length);
      const part = `${lines.slice(from, from + 12).join("\n")}\n`;
      const changed = chance.oneIn(2)
        ? mutateText(part, chance, ["name", "on", "1", "spec"])
        : mangleText(part, chance);
      const everyday = everydayYAML(changed);
      if (!everyday) continue;
      read++;
      const told: string[] = [];
      const value = loadAnyYAML(changed, {
        duplicate: () => told.push("duplicate"),
        rest: () => told.push("rest"),
      });
      expect({ value: everyday.value, told: [] }, changed).toEqual({ value, told });
    }
    expect(read).toBeGreaterThan(500);
  });
});
