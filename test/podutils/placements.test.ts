// A few hundred places for secrets, and none of them leaks; ten thousand are in placements.heavy.test.ts.
import { expect, test } from "vitest";
import { censoredJob, PLACEMENTS_OF_A_JOB } from "./censored-jobs.ts";

test.each([1, 2, 3, 4])(
  "no form of a secret is uploaded, from a log or an artifact (seed %i)",
  async (seed) => {
    expect(await censoredJob(seed)).toBeGreaterThanOrEqual(PLACEMENTS_OF_A_JOB);
  },
);
