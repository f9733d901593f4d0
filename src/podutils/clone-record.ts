// clone.json: what clonerefs did, command by command, as initupload and deck read it.
import { formatDuration } from "../lib/duration.ts";
import type { Refs } from "../model/refs.ts";

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

/** The record for people: clone-log.txt, and build-log.txt when cloning failed. */
export function formatRecord({
  refs,
  commands = [],
  failed,
  final_sha = "",
  duration = 0,
}: CloneRecord): string {
  const title = refs.repo
    ? `# Cloning ${refs.org}/${refs.repo} at ${refs.base_ref ?? ""}`
    : "Environment setup";
  const lines = [`${title}${refs.base_sha ? `(${refs.base_sha})` : ""}`];
  if (failed) lines.unshift("# FAILED");
  if (refs.pulls?.length) lines.push("# Checking out pulls:");
  for (const pull of refs.pulls ?? []) lines.push(`#\t${pull.number}${pull.sha ? `(${pull.sha})` : ""}`);
  let text = `${lines.join("\n")}\n`;
  for (const { command, output = "", error, duration } of commands) {
    text += `$ ${command}${duration ? ` (runtime: ${formatDuration(BigInt(duration))})` : ""}\n${output}`;
    if (error) text += `# Error: ${error}\n`;
  }
  return `${text}# Final SHA: ${final_sha}\n# Total runtime: ${formatDuration(BigInt(duration))}\n`;
}
