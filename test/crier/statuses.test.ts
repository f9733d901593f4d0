// Statuses on a GitHub that keeps all of them: no older word covers a newer one.
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { type StatusWorld, statusWorld, until } from "./status-world.ts";

let world: StatusWorld;
beforeEach(async () => {
  world = await statusWorld();
});
afterEach(() => world.close());

test("an older run that is told of late does not cover the newer one", async () => {
  world.crier();
  world.run(2, "success");
  await until(() => world.told(2) === "success");
  world.run(1, "pending");
  await until(() => world.told(1) === "pending");
  world.run(1, "failure");
  await until(() => world.told(1) === "failure");
  expect(await world.statuses()).toEqual([{ state: "success", url: "https://ci/2" }]);
});

test("an older run that was aborted for the newer one is told of, and then the newer one", async () => {
  world.crier();
  world.run(1, "pending");
  await until(() => world.told(1) === "pending");
  world.run(2, "pending");
  world.run(1, "aborted");
  await until(() => world.told(1) === "aborted" && world.told(2) === "pending");
  world.run(2, "success");
  await until(() => world.told(2) === "success");
  expect((await world.statuses())[0]).toEqual({ state: "success", url: "https://ci/2" });
});

test("of two criers the one that lags covers nothing for good, and a replica that begins covers nothing at all", async () => {
  let hold: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>();
  // One that is held up before it says that the job is pending.
  world.crier((apply) => async (effects) => {
    const [first] = effects;
    if (first?.do === "createStatus" && first.status.state === "pending") await hold?.promise;
    await apply(effects);
  });
  world.run(1, "pending");
  await systemClock.sleep(20);
  world.crier();
  await until(() => world.told(1) === "pending");
  world.run(1, "success", world.reported(1));
  await until(() => world.told(1) === "success");
  hold.resolve();
  hold = undefined;
  await until(async () => (await world.statuses()).length >= 3);
  await until(async () => world.told(1) === "success" && (await world.statuses())[0]!.state === "success");
  const before = await world.statuses();
  await world.endAll();
  // It finds what was told, and knows no better than that the job is pending.
  world.run(1, "pending", { "github-reporter": "triggered" });
  world.crier();
  await until(() => world.told(1) === "pending");
  expect((await world.statuses())[0]).toEqual(before[0]);
});
