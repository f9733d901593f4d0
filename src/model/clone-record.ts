// clone.json: what clonerefs did, command by command; initupload, crier and deck read it.
import type { Refs } from "./refs.ts";

export interface CommandRecord {
  command: string;
  output?: string;
  error?: string;
  /** Nanoseconds. */
  duration?: number;
}

export interface CloneRecord {
  refs: Refs;
  commands?: CommandRecord[];
  failed?: boolean;
  /** Commit that was checked out in the end, merges included. */
  final_sha?: string;
  /** Nanoseconds. */
  duration?: number;
}
