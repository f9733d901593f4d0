// Why an OWNERS file can not be read, word for word as Prow says it: recorded from its own types and sigs.k8s.io/yaml 1.6.0.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ownersFault } from "../../src/owners/owners-fault.ts";
import { parseOwners } from "../../src/owners/parse.ts";

const recorded = readFileSync(join(import.meta.dirname, "../fixtures/owners-faults.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as [text: string, fault: string]);

it.each(recorded)("%s: %s", (text, fault) => {
  expect(parseOwners(text) === undefined ? ownersFault(text) : "").toBe(fault);
});

it.each([
  [
    "approvers:\n- carol\nreviewers: nope: bad\n",
    "error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context",
  ],
  [
    "approvers:- carol\n- dave\n",
    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type repoowners.FullConfig",
  ],
])("%j: %s", (text, fault) => {
  expect(parseOwners(text)).toBeUndefined();
  expect(ownersFault(text)).toBe(fault);
});
