// Lets many take turns so that none of them, nor all together, keep the event loop from others.

/**
 * What it returns resolves when it is one's turn: in each round of the event loop it is that of `most`, in the order of
 * coming. Node accepts one connection a round, so that rounds must be short for newcomers.
 */
export function inRounds(most: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const round = () => {
    for (const go of waiting.splice(0, most)) go();
    if (waiting.length > 0) setImmediate(round);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(round);
    });
}
