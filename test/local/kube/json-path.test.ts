// The paths that printer columns are given as.
import { expect, test } from "vitest";
import { readPath } from "../../../src/local/kube/json-path.ts";

const object = {
  metadata: { labels: { "a.b/c": "label" } },
  spec: { pulls: [{ number: 1 }, { number: 2 }], "odd.name": true },
  status: {
    conditions: [
      { type: "Ready", status: "True", causes: [{ code: 7 }] },
      { type: "Other", status: "False", causes: [] },
    ],
  },
};

test.each([
  [".spec.pulls[*].number", [1, 2]],
  [".spec.pulls[0].number", [1]],
  [".spec.pulls[-1].number", [2]],
  ["{.spec.pulls[1].number}", [2]],
  [".metadata.labels['a.b/c']", ["label"]],
  [".metadata.labels.a\\.b/c", ["label"]],
  ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
  [".status.conditions[?(@.type=='Other')].status", ["False"]],
  ['.status.conditions[?(@.type=="Ready")].causes[*].code', [7]],
  ['.status.conditions[?(@.type=="None")].status', []],
  [".spec.nothing.here", []],
  [".spec..number", []],
])("%s", (path, found) => {
  expect(readPath(object, path)).toEqual(found);
});
