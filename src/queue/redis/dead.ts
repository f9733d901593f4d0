// Dead letters in Redis: compressed as items are, and together no larger than they may be.
import type { Redis } from "ioredis";
import { runScript } from "../../lib/redis/script.ts";
import type { DeadLetter } from "../port.ts";
import { BURY, buryKeys, REVIVE, reviveKeys } from "./dead-scripts.ts";
import { decodeHeld, encodeHeld, headOf } from "./held.ts";
import type { Keys } from "./keys.ts";

/** For so long a replay is known to have been made: whoever gets no answer asks again once Redis is there again. */
const ASKED_AGAIN_MS = 600_000;

export const redisDead = (redis: Redis, key: Keys) => ({
  /** Returns how many older ones had to make room for it. */
  async bury(letter: DeadLetter, token: string, mostBytes: number): Promise<number> {
    const { id, group } = letter;
    const given = [id, token, headOf(letter), mostBytes];
    return Number(await runScript(redis, BURY, buryKeys(key, group), given));
  },
  async *dead(): AsyncGenerator<DeadLetter> {
    for (const id of await redis.zrevrange(key.deadAt, 0, -1)) {
      const bytes = await redis.hgetBuffer(key.dead, id);
      if (bytes !== null) yield await decodeHeld<DeadLetter>(bytes);
    }
  },
  /** Puts it back to the end of its group; false when there is no dead letter of that id. The token is of this replay only. */
  async revive(id: string, token: string): Promise<boolean> {
    const bytes = await redis.hgetBuffer(key.dead, id);
    if (bytes === null) return false;
    const { group, payload } = await decodeHeld<DeadLetter>(bytes);
    const item = await encodeHeld({ id, group, payload, attempts: 0 });
    const given = [id, item, group, ASKED_AGAIN_MS];
    const revived = await runScript(redis, REVIVE, reviveKeys(key, group, token), given);
    return Number(revived) === 1;
  },
});
