// Values of a metric's label that come from outside: each different one is kept for as long as the process runs.

const WORD = /^[a-z_]{1,40}$/;

/** The first `most` that look like that (default: one of GitHub's words) are told apart; all others are `other`. */
export function fewValues(most: number, like = WORD): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most || !like.test(value)) return "other";
    known.add(value);
    return value;
  };
}
