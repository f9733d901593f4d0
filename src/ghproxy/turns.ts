// Lets only so many work at the same time; the others wait in the order of coming.

export interface Turns {
  /** Resolves when it is one's turn; call what it returns afterwards, once. */
  take(): Promise<() => void>;
}

export function turns(most: number): Turns {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };
  return {
    async take() {
      if (taken < most) taken += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
  };
}
