// Values of a metric's label that come from outside: each different one is kept for as long as the process runs.

/** The first `most` that look like one of GitHub's words are told apart; all others are `other`. */
export function fewValues(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most || !/^[a-z_]{1,40}$/.test(value)) return "other";
    known.add(value);
    return value;
  };
}
