// What clonerefs did, in words.
import { formatDuration } from "../lib/duration.ts";
import type { CloneRecord } from "../model/clone-record.ts";
import { repoName } from "../model/github.ts";

/** The record for people: clone-log.txt, and build-log.txt when cloning failed. */
export function formatRecord({
  refs,
  commands = [],
  failed,
  final_sha = "",
  duration = 0,
}: CloneRecord): string {
  const title = refs.repo ? `# Cloning ${repoName(refs)} at ${refs.base_ref ?? ""}` : "Environment setup";
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
