// Whether two records say the same, as the judge of recorded outcomes compares them: null, {}, [] and "" are as absent.
import { isRecord } from "../src/lib/schema.ts";

function canonical(value: unknown): unknown {
  if (typeof value === "string" && /^\s*[[{]/.test(value)) {
    try {
      return canonical(JSON.parse(value));
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.length ? value.map(canonical) : undefined;
  if (!isRecord(value)) return value === null ? undefined : value;
  const entries = Object.keys(value)
    .sort()
    .map((key) => [key, canonical(value[key])] as const)
    .filter(([, entry]) => entry !== undefined && entry !== null && entry !== "");
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Where they first differ, and how; undefined when they are the same. */
export const difference = (expected: unknown, actual: unknown): string | undefined =>
  differing(canonical(expected), canonical(actual), "");

function differing(expected: unknown, actual: unknown, at: string): string | undefined {
  if (JSON.stringify(expected) === JSON.stringify(actual)) return undefined;
  const both = [expected, actual];
  if (both.every((one) => typeof one === "object" && one !== null)) {
    const [a, b] = both as [Record<string, unknown>, Record<string, unknown>];
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = differing(a[key], b[key], `${at}/${key}`);
      if (found) return found;
    }
  }
  const [want, got] = both.map((one) => JSON.stringify(one)?.slice(0, 160));
  return `${at}: Prow has ${want}, we have ${got}`;
}
