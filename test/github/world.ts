// A client for tests, on a clock that sleeps at once and says how long.
import { afterEach, beforeEach } from "vitest";
import { connectGitHub, type GitHubOptions } from "../../src/github/client.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { type ScriptedWorld, scriptedWorld } from "./intercepted.ts";

let world = scriptedWorld();
beforeEach(() => {
  world = scriptedWorld();
});
afterEach(() => world.dispatcher.assertNoPendingInterceptors());

/** Says what is to come, and what is answered. */
export const github: ScriptedWorld["at"] = (...of) => world.at(...of);

export const API = "https://api.github.test";

export interface TestClock extends Clock {
  slept: number[];
}

export function testClock(start = "2025-06-01T12:00:00Z"): TestClock {
  let now = Date.parse(start);
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(now),
    async sleep(ms) {
      slept.push(ms);
      now += ms;
    },
  };
}

export const connect = (more: Partial<GitHubOptions> = {}) =>
  connectGitHub({
    endpoints: [API],
    graphqlEndpoint: `${API}/graphql`,
    auth: { token: async () => "t0ken" },
    clock: testClock(),
    log: silent,
    dispatcher: world.dispatcher,
    ...more,
  });

export const tool = { org: "acme", repo: "tool" };
export const pr = { ...tool, number: 7 };
