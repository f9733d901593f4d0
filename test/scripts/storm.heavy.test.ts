// Many pull requests at once: two hooks, crier and tide keep to GitHub's limits together, and wait rather than give up.
// Hours whose contents are used up are in `npm run storm`, which takes longer, and in the budget's own tests.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { storm } from "../../scripts/storm/storm.ts";
import { figuresOf } from "../../scripts/storm/tell.ts";

const COUNT = 40;
/** More would make half a second of a busy machine half a minute, and so the machine's fault one of ours. */
const FASTER = 20;
const LONGEST_MS = 600_000;

const hasRedis = spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;

describe.skipIf(!hasRedis)("a storm of pull requests", () => {
  it(
    "is worked off within every limit, through refusals",
    async () => {
      const { merged, breaches, refusals, dead } = figuresOf(
        await storm({ count: COUNT, talk: 1, faster: FASTER, refusals: 6 }),
      );
      expect({ merged, breaches, dead }).toEqual({ merged: COUNT, breaches: [], dead: [] });
      expect(refusals).toBeGreaterThan(0);
    },
    LONGEST_MS,
  );
});
