// What the tests of a job came to, from all its JUnit reports.
import type { JUnitTest } from "../../lib/junit.ts";

export interface Tally {
  tests: number;
  failed: number;
  skipped: number;
  /** Names of tests that failed and then passed in the same job. */
  flaky: number;
  /** The first failures, each test once. */
  failures: JUnitTest[];
}

/** More failures than anybody reads; the count goes on. */
const MOST_FAILURES = 200;
/** Test names that are told apart. */
const MOST_NAMES = 200_000;

export interface Tallying {
  add(test: JUnitTest): void;
  tally(): Tally;
}

/** A test that is there several times has failed only if no run of it passed. */
export function tallying(): Tallying {
  const outcomes = new Map<string, { passed: boolean; failed: boolean; failure?: JUnitTest }>();
  let keptFailures = 0;
  return {
    add(test) {
      const key = `${test.suite}\n${test.className}\n${test.name}`;
      const known = outcomes.get(key) ?? { passed: false, failed: false };
      if (!outcomes.has(key) && outcomes.size >= MOST_NAMES) return;
      outcomes.set(key, known);
      if (test.outcome === "passed") known.passed = true;
      if (test.outcome !== "failed") return;
      known.failed = true;
      if (known.failure || keptFailures >= MOST_FAILURES) return;
      known.failure = test;
      keptFailures++;
    },
    tally() {
      const all = [...outcomes.values()];
      const failed = all.filter((test) => test.failed && !test.passed);
      return {
        tests: all.length,
        failed: failed.length,
        skipped: all.filter((test) => !test.failed && !test.passed).length,
        flaky: all.filter((test) => test.failed && test.passed).length,
        failures: failed.flatMap(({ failure }) => failure ?? []),
      };
    },
  };
}
