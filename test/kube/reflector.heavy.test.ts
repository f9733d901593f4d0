// The copy is equal to a fresh list soon after whatever befalls connections and server; bench:watch does it at full size.
import { describe, expect, test } from "vitest";
import { startRealKube, whyNoRealKube } from "../contracts/real-kube.ts";
import { type Followed, followThroughTrouble } from "./follow-through-trouble.ts";

const missing = whyNoRealKube();

describe("the reflector on kube-apiserver", () => {
  test.skipIf(missing)(
    "follows through cuts, a restart and 410",
    async () => {
      const server = await startRealKube();
      const followed: Followed[] = [];
      try {
        const small = { count: 2_000, changes: 200, random: Math.random };
        for await (const one of followThroughTrouble(server, small)) followed.push(one);
      } finally {
        await server.close();
      }
      expect(followed.map(({ after }) => after)).toEqual([
        "first list",
        "connections cut",
        "server restarted",
        "version too old",
      ]);
      for (const { equalAfterMs } of followed) expect(equalAfterMs).toBeLessThan(60_000);
      expect(followed[1]!.cuts).toBeGreaterThan(0);
    },
    400_000,
  );
});
