// What Cutwater remembers of what it saw, decided and did, for people who ask why. Never the truth: nothing is decided by it.
import type { IssueRef } from "../model/github.ts";
import type { Entry } from "../model/record-entry.ts";

export type { Entry } from "../model/record-entry.ts";

export interface RecordWrite {
  /** Soon on disk. Never throws and never waits: what cannot be written is counted. */
  append(entry: Entry): void;
}

export interface RecordRead {
  /** What is about a pull request or issue, its commits and its jobs, the oldest first; of more than `limit` the newest. */
  pull(of: IssueRef, limit: number): Promise<Entry[]>;
  /** What is about a ProwJob, and the event that it began with. */
  prowjob(name: string, limit: number): Promise<Entry[]>;
}

export interface Record extends RecordRead, RecordWrite {
  /** Writes what waits, for a few seconds at most. */
  close(): Promise<void>;
}

/** Remembers nothing. */
export const forgetful: RecordWrite = { append() {} };
