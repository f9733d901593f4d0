// Two projects: `fast` is what `npm test` runs, `heavy` needs real servers or much time and runs in CI.
import { defineConfig } from "vitest/config";

const heavy = ["test/e2e/**/*.test.ts", "test/**/*.heavy.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    // Many tests wait for something, so the core that is left free by default would be idle.
    maxWorkers: "100%",
    // A test that asks for nothing can not fail.
    expect: { requireAssertions: true },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      { extends: true, test: { name: "fast", include: ["test/**/*.test.ts"], exclude: heavy } },
      {
        extends: true,
        test: {
          name: "heavy",
          include: heavy,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
