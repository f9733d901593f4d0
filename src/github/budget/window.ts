// How much was spent within a while: counted in slots, so that what many processes keep of it stays small.

/** By slots, the latest last. A list, since it is written anew for each request. */
export type Spent = readonly (readonly [slot: number, amount: number])[];

export interface Window {
  ms: number;
  slotMs: number;
  most: number;
}

/** A slot counts until the last moment of it is over. */
const isOver = (slot: number, { ms, slotMs }: Window, now: number): boolean =>
  (slot + 1) * slotMs + ms <= now;

export function spend(spent: Spent, window: Window, amount: number, now: number): Spent {
  const slot = Math.floor(now / window.slotMs);
  const last = spent.findLastIndex(([known]) => known <= slot);
  const [known, before] = spent[last] ?? [];
  if (known === slot) return spent.with(last, [slot, before! + amount]);
  // What is over is swept out with each new slot, not with each request.
  return spent.toSpliced(last + 1, 0, [slot, amount]).filter(([at]) => !isOver(at, window, now));
}

/** Nobody knows when what is under way comes back: look again then. */
const AGAIN_MS = 1_000;

/** Milliseconds until so much can be spent; 0 for now. */
export function waitFor(spent: Spent, window: Window, amount: number, now: number): number {
  const live = spent.filter(([slot]) => !isOver(slot, window, now));
  let over = live.reduce((sum, [, count]) => sum + count, 0) + amount - window.most;
  for (const [slot, count] of live) {
    if (over <= 0) return 0;
    over -= count;
    if (over <= 0) return (slot + 1) * window.slotMs + window.ms - now;
  }
  return over > 0 ? AGAIN_MS : 0;
}
