// How much was spent within a while: counted in slots, so that what many processes keep of it stays small.

/** Spent by the number of the slot. */
export type Spent = Readonly<Record<string, number>>;

export interface Window {
  ms: number;
  slotMs: number;
  most: number;
}

/** A slot counts until the last moment of it is over. */
const isOver = (slot: string, { ms, slotMs }: Window, now: number): boolean =>
  (Number(slot) + 1) * slotMs + ms <= now;

export function spend(spent: Spent, window: Window, amount: number, now: number): Spent {
  const slot = String(Math.floor(now / window.slotMs));
  const known = spent[slot];
  // What is over is swept out with each new slot, not with each request.
  if (known !== undefined) return { ...spent, [slot]: known + amount };
  const live = Object.entries(spent).filter(([at]) => !isOver(at, window, now));
  return { ...Object.fromEntries(live), [slot]: amount };
}

/** Nobody knows when what is under way comes back: look again then. */
const AGAIN_MS = 1_000;

/** Milliseconds until so much can be spent; 0 for now. */
export function waitFor(spent: Spent, window: Window, amount: number, now: number): number {
  const live = Object.entries(spent)
    .filter(([slot]) => !isOver(slot, window, now))
    .sort(([a], [b]) => Number(a) - Number(b));
  let over = live.reduce((sum, [, count]) => sum + count, 0) + amount - window.most;
  for (const [slot, count] of live) {
    if (over <= 0) return 0;
    over -= count;
    if (over <= 0) return (Number(slot) + 1) * window.slotMs + window.ms - now;
  }
  return over > 0 ? AGAIN_MS : 0;
}
