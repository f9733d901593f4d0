// Works what is ready off, side by side: a lane takes one item after another until there is none.

export interface Lanes {
  /** There may be something that a lane which just found nothing has not seen. */
  call(): void;
  /** Resolves when another lane may begin. */
  room(): Promise<void>;
  /** Resolves when no lane is at work any more. */
  idle(): Promise<void>;
}

/** Begins one more lane, if another may be. */
export type More = () => void;

/** `lane` resolves when it finds nothing to do; it never rejects. At most so many are at work at once. */
export function lanesOf(most: number, lane: (more: More) => Promise<void>): Lanes {
  const running = new Set<Promise<void>>();
  let atWork = 0;
  let calls = 0;

  async function run(): Promise<void> {
    let heard: number;
    do {
      heard = calls;
      await lane(more);
    } while (heard !== calls);
    // With the last look, and not when that has got about: who calls in between would count on this lane.
    atWork--;
  }

  function more(): void {
    if (atWork >= most) return;
    atWork++;
    const one = run().finally(() => running.delete(one));
    running.add(one);
  }

  return {
    call() {
      calls++;
      more();
    },
    async room() {
      while (atWork >= most) await Promise.race(running);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
