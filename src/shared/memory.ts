// What replicas share when there is one of them: this process' own memory.
import { boundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { LARGEST_PART, MOST_KEPT, MOST_NEWS } from "./bounds.ts";
import type { Shared } from "./port.ts";

const MOST_ENTRIES = 50_000;
const EPOCH = "this process";

interface Held {
  value: string;
  until: number;
}

export interface MemoryOptions {
  clock: Pick<Clock, "now">;
  maxCharacters?: number;
}

export function memoryShared({ clock, maxCharacters = MOST_KEPT }: MemoryOptions): Shared {
  const kept = boundedMap<Held>(MOST_ENTRIES, maxCharacters);
  const cells = new Map<string, Held>();
  const logs = new Map<string, { texts: string[]; told: number }>();
  const now = () => clock.now().getTime();
  const live = (held: Held | undefined) => (held && now() < held.until ? held.value : undefined);

  function sweep(): void {
    for (const [key, { until }] of cells) if (until <= now()) cells.delete(key);
  }

  return {
    get: async (key) => live(kept.get(key)),
    async put(key, value, forMs) {
      const size = key.length + value.length;
      if (size > maxCharacters / LARGEST_PART) kept.delete(key);
      else kept.set(key, { value, until: now() + forMs }, size);
    },
    peek: async (key) => live(cells.get(key)),
    async swap(key, before, after, forMs) {
      if (live(cells.get(key)) !== before) return false;
      if (!cells.has(key)) sweep();
      cells.set(key, { value: after, until: now() + forMs });
      return true;
    },
    async tell(log, text) {
      const { texts, told } = logs.get(log) ?? { texts: [], told: 0 };
      texts.push(text);
      // Now and then, so that it is not moved each time.
      if (texts.length > 2 * MOST_NEWS) texts.splice(0, texts.length - MOST_NEWS);
      logs.set(log, { texts, told: told + 1 });
    },
    async told(log, since) {
      const { texts, told } = logs.get(log) ?? { texts: [], told: 0 };
      const mark = { epoch: EPOCH, at: told };
      if (!since) return { texts: [], mark };
      const missing = told - since.at;
      const whole = since.epoch === EPOCH && missing >= 0 && missing <= texts.length;
      return { texts: whole ? texts.slice(texts.length - missing) : undefined, mark };
    },
    close: async () => {},
  };
}
