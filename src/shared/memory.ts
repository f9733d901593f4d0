// What replicas share when there is one of them: this process' own memory.
import type { Clock } from "../lib/clock.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import { MOST_KEPT, MOST_NEWS, MOST_NEWS_BYTES } from "./bounds.ts";
import type { Shared } from "./port.ts";

const MOST_ENTRIES = 50_000;
const EPOCH = "this process";

interface Held {
  value: string;
  until: number;
}

interface Log {
  texts: string[];
  characters: number;
  told: number;
}

const newLog = (): Log => ({ texts: [], characters: 0, told: 0 });

/** Now and then, and then by more than must be, so that they are not moved each time. */
function shorten(log: Log): void {
  if (log.texts.length <= 2 * MOST_NEWS && log.characters <= MOST_NEWS_BYTES) return;
  let gone = 0;
  while (log.texts.length - gone > MOST_NEWS || log.characters > MOST_NEWS_BYTES / 2)
    log.characters -= log.texts[gone++]?.length ?? 0;
  log.texts.splice(0, gone);
}

export interface MemoryOptions {
  clock: Pick<Clock, "now">;
  maxCharacters?: number;
}

export function memoryShared({ clock, maxCharacters = MOST_KEPT }: MemoryOptions): Shared {
  const kept = boundedMap<Held>(MOST_ENTRIES, maxCharacters);
  const cells = new Map<string, Held>();
  const logs = new Map<string, Log>();
  const now = () => clock.now().getTime();
  const live = (held: Held | undefined) => (held && now() < held.until ? held.value : undefined);

  function sweep(): void {
    for (const [key, { until }] of cells) if (until <= now()) cells.delete(key);
  }

  return {
    get: async (key) => live(kept.get(key)),
    async put(key, value, forMs) {
      kept.set(key, { value, until: now() + forMs }, key.length + value.length);
    },
    async swap(key, before, after, forMs) {
      const held = live(cells.get(key));
      if (held !== before) return { isDone: false, held };
      if (!cells.has(key)) sweep();
      cells.set(key, { value: after, until: now() + forMs });
      return { isDone: true };
    },
    async tell(name, text) {
      const log = logs.get(name) ?? newLog();
      logs.set(name, log);
      log.texts.push(text);
      log.characters += text.length;
      log.told++;
      shorten(log);
    },
    async told(log, since) {
      const { texts, told } = logs.get(log) ?? newLog();
      const mark = { epoch: EPOCH, at: told };
      if (!since) return { texts: [], mark };
      const missing = told - since.at;
      const whole = since.epoch === EPOCH && missing >= 0 && missing <= texts.length;
      return { texts: whole ? texts.slice(texts.length - missing) : undefined, mark };
    },
    close: async () => {},
  };
}
