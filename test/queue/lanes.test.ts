// No call is lost, also one that comes when a lane has just looked for the last time.
import { describe, expect, it } from "vitest";
import { lanesOf } from "../../src/queue/redis/lanes.ts";

const TURNS = Array.from({ length: 12 }, (_, turns) => turns);

describe("lanes", () => {
  it.each(TURNS)("look once more after a call that comes %i turns after the last look", async (turns) => {
    let looks = 0;
    const look = Promise.withResolvers<void>();
    const lanes = lanesOf(1, () => {
      looks++;
      return look.promise;
    });
    lanes.call();
    look.resolve();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    lanes.call();
    await lanes.idle();
    expect(looks).toBe(2);
  });

  it("are no more than may be, and tell when there is room for one more", async () => {
    const ends: (() => void)[] = [];
    const lanes = lanesOf(2, (more) => {
      more();
      return new Promise<void>((end) => ends.push(end));
    });
    lanes.call();
    expect(ends).toHaveLength(2);
    let room = false;
    const told = lanes.room().then(() => {
      room = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(room).toBe(false);
    ends[0]!();
    await told;
    ends[1]!();
    await lanes.idle();
    await lanes.room();
    expect(ends).toHaveLength(2);
  });
});
