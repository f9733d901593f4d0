// Many pull requests at once: two hooks, crier and tide keep to GitHub's limits together, and wait rather than give up.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { storm } from "../../scripts/storm/storm.ts";
import { figuresOf } from "../../scripts/storm/tell.ts";

const COUNT = 60;
/** So few that hours are used up in which there is more to say. */
const CONTENTS = 150;
const LONGEST_MS = 900_000;

const hasRedis = spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;

describe.skipIf(!hasRedis)("a storm of pull requests", () => {
  it(
    "is worked off within every limit, over hours whose contents are used up",
    async () => {
      const outcome = await storm({ count: COUNT, talk: 2, faster: 60, contentPerHour: CONTENTS });
      const { merged, breaches, refusals, dead, contents, fullestHour } = figuresOf(outcome);
      expect({ merged, breaches, dead }).toEqual({ merged: COUNT, breaches: [], dead: [] });
      expect(refusals).toBeGreaterThan(0);
      expect(contents).toBeGreaterThan(2 * CONTENTS);
      expect(fullestHour).toBeLessThanOrEqual(CONTENTS);
    },
    LONGEST_MS,
  );
});
