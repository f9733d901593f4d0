// Bodies in protobuf mean what the same objects in JSON mean: objects of every kind that Go clients write.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../../src/local/kube/json.ts";
import { decodeProtobuf } from "../../../src/local/kube/protobuf.ts";

/** Filled at random and written by client-go 0.34 in both forms: `{object, protobuf}`, the latter in base64. */
const FIXTURE = new URL("fixtures/protobuf.jsonl", import.meta.url);
const cases = readFileSync(FIXTURE, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { object: JsonObject; protobuf: string });

test.each(cases.map((each) => [each.object["apiVersion"], each.object["kind"], each]))(
  "%s %s",
  (_, __, { object, protobuf }) => {
    expect(full(decodeProtobuf(Buffer.from(protobuf, "base64")))).toEqual(full(object));
  },
);

/** Go writes `{}`, `[]` and null for some of what is not set; to the API server they are nothing. */
function full(value: Json): Json | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.length > 0 ? value.map((item) => full(item) ?? {}) : undefined;
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const kept = inner === undefined ? undefined : full(inner);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
