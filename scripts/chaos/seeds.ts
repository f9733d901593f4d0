// Seeds that have found something. `npm run chaos -- --short --seed N` runs one of them.

export const SEEDS: readonly { seed: number; size: "short" | "long"; found: string }[] = [
  {
    seed: 1,
    size: "short",
    found:
      "The answer to crier's status was lost, and 100 ms later it wrote the same once more: a write in doubt is now looked for first, after the time that GitHub's lists may lag.",
  },
  {
    seed: 1,
    size: "short",
    found:
      "Open, on a slow machine: Redis forgot everything while no hook was there to see it, or right before the outage. What had been acknowledged and not been worked on is not asked for again, since the sweep knows of a loss only what its own process has seen.",
  },
];
