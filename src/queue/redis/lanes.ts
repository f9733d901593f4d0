// Works what is ready off, side by side: a lane takes one item after another until there is none.

export interface Lanes {
  /** There may be something that a lane which just found nothing has not seen. */
  call(): void;
  /** Resolves when no lane is at work any more. */
  idle(): Promise<void>;
}

/** Begins one more lane, if another may be. */
export type More = () => void;

/** `lane` resolves when it finds nothing to do; it never rejects. At most so many are at work at once. */
export function lanesOf(most: number, lane: (more: More) => Promise<void>): Lanes {
  const running = new Set<Promise<void>>();
  let calls = 0;

  async function run(): Promise<void> {
    let heard: number;
    do {
      heard = calls;
      await lane(more);
    } while (heard !== calls);
  }

  function more(): void {
    if (running.size >= most) return;
    const lane = run().finally(() => running.delete(lane));
    running.add(lane);
  }

  return {
    call() {
      calls++;
      more();
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
