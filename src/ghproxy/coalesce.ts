// Equal questions that are asked while one of them is under way share its answer.

export interface Coalesced<T> {
  answer: T;
  /** It was somebody else's question. */
  isShared: boolean;
}

/** Who asks first fails for all who wait with it. */
export function coalescer<T>(): (key: string, ask: () => Promise<T>) => Promise<Coalesced<T>> {
  const underWay = new Map<string, Promise<T>>();
  return async (key, ask) => {
    const earlier = underWay.get(key);
    if (earlier) return { answer: await earlier, isShared: true };
    const first = ask();
    underWay.set(key, first);
    try {
      return { answer: await first, isShared: false };
    } finally {
      underWay.delete(key);
    }
  };
}
