// Lets only so many work at the same time; the others wait in the order of coming.

/** What it returns resolves when it is one's turn, with what is to be called afterwards, once. */
export function turns(most: number): () => Promise<() => void> {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };
  return async () => {
    if (taken < most) taken += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return leave;
  };
}
