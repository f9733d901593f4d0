import { describe, expect, it } from "vitest";
import { loadYAML, YAMLError } from "../../../src/lib/yaml/load.ts";

describe("YAML as Go reads it", () => {
  it.each([
    ["on", true],
    ["yes", true],
    ["y", true],
    ["off", false],
    ["0644", 420],
    ["0o644", 420],
    ["0x1F", 31],
    ["0b11", 3],
    ["1_000", 1000],
    ["08", 8],
    ["1.5", 1.5],
    ["1:30", "1:30"],
    ["2026-11-23", "2026-11-23"],
    ["~", null],
    ['"1"', "1"],
  ])("reads %s", (text, value) => {
    expect(loadYAML(`a: ${text}`)).toEqual({ a: value });
  });

  it("takes the first document, and null for none", () => {
    expect(loadYAML("a: 1\n---\nb: 2")).toEqual({ a: 1 });
    expect(loadYAML("# nothing\n")).toBeNull();
  });

  it.each([
    ["a: [\n  x,\n  z\n]\n", { a: ["x", "z"] }],
    ["a: [x,\nz]\nb: 1\n", { a: ["x", "z"], b: 1 }],
    ["a:\n  b: {\n  x: 1\n}\n", { a: { b: { x: 1 } } }],
    ["a: 'x\ny'\n", { a: "x y" }],
    ['- a: "x\n\ny"\n', [{ a: "x\ny" }]],
    ["a: [\r\n  x\r\n]\r\n# end\r\n", { a: ["x"] }],
    ["- - a: [ # words\n🚢,\n'x\n  y'\n]\n", [[{ a: ["🚢", "x y"] }]]],
    ["a: [\nx\n]\n---\nb: [\n", { a: ["x"] }],
  ])("%j goes on over lines however little they are indented", (text, value) => {
    expect(loadYAML(text)).toEqual(value);
  });

  it.each(["a: [\nx\n", "a: 'x\ny\n", "a: {\nx: 1\n]\n"])("%j is wrong all the same", (text) => {
    expect(() => loadYAML(text)).toThrow(YAMLError);
  });

  it("merges maps and takes the last of a key that stands twice", () => {
    expect(loadYAML("base: &b {x: 1, z: 2}\nc: {<<: *b, z: 3}\nd: 1\nd: 2")).toEqual({
      base: { x: 1, z: 2 },
      c: { x: 1, z: 3 },
      d: 2,
    });
  });

  it("does not let a key reach the prototype", () => {
    loadYAML("__proto__: {polluted: yes}");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("says where the syntax is wrong", () => {
    expect.assertions(2);
    try {
      loadYAML("a: 1\nb: [1,\nc: 2");
    } catch (error) {
      expect(error).toBeInstanceOf(YAMLError);
      expect((error as YAMLError).line).toBeGreaterThan(1);
    }
  });
});

describe("a bracket that is not closed", () => {
  it.each([
    ["a: 1\nb: [1,\nc: 2\n", "',' or ']'", 3],
    ['a: ["x?"]\nb:\n  c: [\n', "node content", 4],
    ["a: 1\nb: {x: 1\nc: 2\n", "',' or '}'", 3],
  ])("is asked for where the next thing begins: %j", (text, expected, line) => {
    const message = `did not find expected ${expected} (is a bracket or a quote before it not closed?)`;
    expect(() => loadYAML(text)).toThrow(expect.objectContaining({ message, line }));
  });
});

describe("what Go's loader refuses", () => {
  it.each([
    ["a: b\x01c\n", "control characters are not allowed", 1, 5],
    ['a: "b\x7fc"\n', "control characters are not allowed", 1, 6],
    ["# \x01\na: b\n", "control characters are not allowed", 1, 3],
    ["a: b\n---\nc: \x01\n", "control characters are not allowed", 3, 4],
    ["a: b\ufffec\n", "control characters are not allowed", 1, 5],
    ["a: [x?]\n", "did not find expected ',' or ']'", 1, 4],
    ["b: x?\na: [b ? c]\n", "did not find expected ',' or ']'", 2, 4],
    ["a: {b: ? c}\n", "did not find expected node content", 1, 4],
  ])("%j", (text, message, line, column) => {
    expect(() => loadYAML(text)).toThrow(expect.objectContaining({ message, line, column }));
  });

  it.each([
    ["a: [? b]\n", { a: [{ b: null }] }],
    ["a: [b, ? c]\n", { a: ["b", { c: null }] }],
    ["a: {? b : c}\n", { a: { b: "c" } }],
    ["a: ?b\n", { a: "?b" }],
    ["a: ['x?', \"y?\"]\n", { a: ["x?", "y?"] }],
    ["a: is [b] there?\n", { a: "is [b] there?" }],
    ["a: b\ufeffc\n", { a: "b\ufeffc" }],
    ["a: b\r\n", { a: "b" }],
  ])("but not %j", (text, value) => {
    expect(loadYAML(text)).toEqual(value);
  });
});
