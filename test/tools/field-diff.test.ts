// Field by field: what is called the same is compared, whatever its place.
import { expect, test } from "vitest";
import { fieldChanges } from "../../src/tools/field-diff.ts";

test.each<[name: string, before: unknown, after: unknown, changes: unknown[]]>([
  ["nothing", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
  ["a value", { a: { b: 1 } }, { a: { b: 2 } }, [{ field: "a.b", before: 1, after: 2 }]],
  ["one that came", {}, { a: false }, [{ field: "a", after: false }]],
  ["one that went", { a: null }, {}, [{ field: "a", before: null }]],
  ["a key that is no word", { "x/y": 1 }, { "x/y": 2 }, [{ field: '["x/y"]', before: 1, after: 2 }]],
  [
    "a list of words, whole",
    { a: ["x", "y"] },
    { a: ["y", "x"] },
    [{ field: "a", before: ["x", "y"], after: ["y", "x"] }],
  ],
  [
    "named items in another order",
    { a: [{ name: "x" }, { name: "y" }] },
    { a: [{ name: "y" }, { name: "x" }] },
    [],
  ],
  [
    "a named item",
    { env: [{ name: "A", value: "1" }, { name: "B" }] },
    { env: [{ name: "B" }, { name: "A", value: "2" }] },
    [{ field: "env[A].value", before: "1", after: "2" }],
  ],
  [
    "mounts of one volume",
    {
      m: [
        { name: "v", mountPath: "/a" },
        { name: "v", mountPath: "/b" },
      ],
    },
    { m: [{ name: "v", mountPath: "/b" }] },
    [{ field: "m[v at /a]", before: { name: "v", mountPath: "/a" } }],
  ],
  ["items without names, by their place", [{ a: 1 }], [{ a: 2 }], [{ field: "[0].a", before: 1, after: 2 }]],
  ["options in JSON", { e: '{"a":1}' }, { e: '{"a":2}' }, [{ field: "e.a", before: 1, after: 2 }]],
  ["a text that only looks like JSON", { e: "{a" }, { e: "{b" }, [{ field: "e", before: "{a", after: "{b" }]],
  ["a prototype's name", {}, { constructor: 1 }, [{ field: "constructor", after: 1 }]],
])("%s", (_name, before, after, changes) => {
  expect(fieldChanges(before, after)).toEqual(changes);
});
