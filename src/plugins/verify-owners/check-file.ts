// Whether one OWNERS file may be merged, and whom it names.
import { compareText } from "../../lib/compare-text.ts";
import { yamlFault } from "../../lib/yaml/fault.ts";
import { ownersFault } from "../../owners/owners-fault.ts";
import { parseOwners } from "../../owners/parse.ts";
import { parentDirectory } from "../../owners/repo-owners.ts";
import { addedLines } from "../added-lines.ts";

export interface ChangedOwners {
  path: string;
  /** As it is once merged. */
  text: string;
  /** What the pull request changes of it; undefined when GitHub does not show that. */
  patch: string | undefined;
}

/** Why it may not, and where in the patch that is said; or whom it names. */
export type Verdict = { position: number; message: string } | { people: string[] };

/** `filename` is what OWNERS files are called. */
export function checkFile(
  { path, patch, text }: ChangedOwners,
  filename: string,
  bannedLabels: readonly string[],
): Verdict {
  const file = yamlFault(text) === undefined ? parseOwners(text) : undefined;
  if (!file) {
    const fault = ownersFault(text);
    const line = Number(/line (\d+)/.exec(fault)?.[1]);
    return { position: addedLines(patch ?? "").get(line) ?? 1, message: `Cannot parse file: ${fault}.` };
  }
  const wrong = (message: string): Verdict => ({ position: 1, message });
  const roles = file.filters.map((filter) => filter.roles);
  const labels = new Set(roles.flatMap((role) => role.labels));
  const banned = [...labels].filter((label) => bannedLabels.includes(label)).sort(compareText);
  if (banned.length > 0) return wrong(`File contains banned labels: [${banned.join(" ")}].`);
  const approvers = roles.flatMap((role) => role.approvers);
  if (parentDirectory(path) === "" && approvers.length === 0)
    return wrong(`No approvers defined in this root directory ${filename} file.`);
  return { people: [...roles.flatMap((role) => role.reviewers), ...approvers] };
}
