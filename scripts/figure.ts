// How every benchmark tells a figure: a line for people and one of JSON, beside its goal; a miss makes the exit code 1.

/** "most": it should be no more than the goal; "least": no less. */
export type Goal = { most: number } | { least: number };

const round = (value: number): number => Number(value.toPrecision(3));

export function figure(words: string, bench: string, value: number, unit: string, goal: Goal): void {
  const most = "most" in goal;
  const bound = most ? goal.most : goal.least;
  const ok = most ? value <= bound : value >= bound;
  if (!ok) process.exitCode = 1;
  console.log(`${words}: ${round(value)} ${unit} (goal: at ${most ? "most" : "least"} ${round(bound)})`);
  console.log(JSON.stringify({ bench, value: round(value), unit, goal: round(bound), ok }));
}
