// Which item is next: groups take turns, one item of a group at a time, a failed one holds its group back.

export interface Schedule {
  add(group: string, seq: number): void;
  /** The first item of the group that has waited longest; the group is then busy until `release`. */
  next(): { group: string; seq: number } | undefined;
  /** Ends the turn. `again` leaves the item at the head of its group. The group takes its next turn at once. */
  release(group: string, again: boolean): void;
  size(): number;
  /** Resolves when `next` may have something; at once if it has. */
  changed(): Promise<void>;
  /** Wakes all who wait in `changed`. */
  wake(): void;
}

export function schedule(): Schedule {
  const groups = new Map<string, { seqs: number[]; busy: boolean }>();
  const ready = new Set<string>();
  let size = 0;
  let wakers: (() => void)[] = [];

  function wake(): void {
    const waiting = wakers;
    wakers = [];
    for (const resolve of waiting) resolve();
  }

  function offer(group: string): void {
    ready.add(group);
    wake();
  }

  return {
    add(name, seq) {
      size++;
      const group = groups.get(name) ?? { seqs: [], busy: false };
      groups.set(name, group);
      group.seqs.push(seq);
      if (!group.busy) offer(name);
    },
    next() {
      for (const name of ready) {
        ready.delete(name);
        const group = groups.get(name)!;
        group.busy = true;
        return { group: name, seq: group.seqs[0]! };
      }
      return undefined;
    },
    release(name, again) {
      const group = groups.get(name)!;
      group.busy = false;
      if (!again) {
        group.seqs.shift();
        size--;
      }
      if (group.seqs.length > 0) offer(name);
      else groups.delete(name);
    },
    size: () => size,
    changed: () => (ready.size > 0 ? Promise.resolve() : new Promise((resolve) => void wakers.push(resolve))),
    wake,
  };
}
