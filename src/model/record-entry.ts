// One thing that was seen, decided or done, as the record keeps it.

export interface Entry {
  /** When, in ISO 8601. */
  at: string;
  /**
   * An event that was taken in, what was decided about it (or that nothing was), a change that was made to the world (or
   * failed).
   */
  kind: "event" | "decision" | "pass" | "effect";
  /** One line for people. */
  what: string;
  /** hook, tide, plank, … */
  component?: string;
  plugin?: string;
  /** Of the webhook that it began with. */
  guid?: string;
  /** Login of who sent that webhook's event. */
  actor?: string;
  org?: string;
  repo?: string;
  /** Pull requests or issues that it is about. */
  pulls?: readonly number[];
  /** Commits that it is about. */
  shas?: readonly string[];
  /** Name of the ProwJob object, and of its job. */
  prowjob?: string;
  job?: string;
  /** An effect's `do`, a webhook's event. */
  act?: string;
  because?: readonly string[];
  /** What went wrong; an effect without it was done. */
  error?: string;
  /** How long it took. */
  ms?: number;
  /** The how-manieth attempt at a webhook, from the second on. */
  attempt?: number;
  /** Nothing was done: a dry run only says what it would do. */
  dry?: true;
}
