// What the replicas of a component share. Nothing here is the truth: all of it may be lost, and work goes on without it.

/** Where the news was read up to. It belongs to the place that it came from. */
export interface Mark {
  readonly epoch: string;
  readonly at: number;
}

export interface News {
  /** In the order of telling; undefined when some may be missing, since the last ones are kept only. */
  texts: string[] | undefined;
  mark: Mark;
}

/** Otherwise somebody else had made it what it is now. */
export type Swapped = { isDone: true } | { isDone: false; held: string | undefined };

/** Every method rejects with a SharedError when the place cannot be reached: soon, so that nobody waits for it. */
export interface Shared {
  /** A kept value. The least recently used ones go first: all together take bounded room. */
  get(key: string): Promise<string | undefined>;
  /** Keeps a value for so long at most. What is too large for the room is not kept. */
  put(key: string, value: string, forMs: number): Promise<void>;
  /**
   * Makes a value `after` if it still is `before`. It is kept apart from those of `put`, never to make room, and gone when
   * nobody has swapped it for `forMs`.
   */
  swap(key: string, before: string | undefined, after: string, forMs: number): Promise<Swapped>;
  /** Once it resolves, nobody can ask for the news and not get this. */
  tell(log: string, text: string): Promise<void>;
  /** What has been told since the mark; without one nothing but the mark of now. */
  told(log: string, since: Mark | undefined): Promise<News>;
  close(): Promise<void>;
}
