// The limits that GitHub publishes and does not state in its answers. What answers state goes first.

export interface Published {
  /** Requests under way at the same time. */
  concurrency: number;
  /** Points a minute: a read costs 1, a write 5. */
  restPoints: number;
  graphqlPoints: number;
  /** Requests that create content. */
  contentPerMinute: number;
  contentPerHour: number;
  /** Between two of them, when there are many. */
  contentPauseMs: number;
}

export const PUBLISHED: Published = {
  concurrency: 100,
  restPoints: 900,
  graphqlPoints: 2_000,
  contentPerMinute: 80,
  contentPerHour: 500,
  contentPauseMs: 1_000,
};

/** What github.com grants an hour at most. Who states more, or nothing, is a server of somebody's own, with other limits. */
export const MOST_HOURLY = 15_000;
