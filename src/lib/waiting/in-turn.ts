// What comes while some are at work waits, and is then worked on as one.

/** `work` is never at work twice at once; whoever comes gets the outcome of a round that began after they came. */
export function inTurn<T, R>(work: (all: readonly T[]) => Promise<R>): (one: T) => Promise<R> {
  let running: Promise<unknown> = Promise.resolve();
  let next: { all: T[]; outcome: Promise<R> } | undefined;
  return (one) => {
    if (next) {
      next.all.push(one);
      return next.outcome;
    }
    const all = [one];
    const start = () => {
      next = undefined;
      return work(all);
    };
    const outcome = running.then(start, start);
    next = { all, outcome };
    running = outcome;
    return outcome;
  };
}
