// Whether a pull request may be tested without anybody asking for it.
import type { IssueRef, Label } from "../../model/github.ts";
import { hasLabel, OK_TO_TEST } from "../../model/labels.ts";
import type { Context } from "../plugin.ts";
import { isTrustedUser, type TriggerOptions } from "../trust.ts";
import { trustRecord } from "./commit-trust.ts";

export interface Subject {
  issue: IssueRef;
  author: string;
  /** Asked for only when they matter. */
  labels: () => Promise<Label[]>;
  /** SHA of the head; asked for only where trust is in one commit. */
  head: () => Promise<string>;
}

/** Its author is trusted, or somebody trusted has said /ok-to-test: once for all, or of this very commit. */
export async function isTrustedPullRequest(
  { author, head, issue, labels }: Subject,
  options: TriggerOptions,
  context: Pick<Context, "bot" | "read">,
): Promise<boolean> {
  const repo = { org: issue.org, repo: issue.repo };
  if (await isTrustedUser(author, repo, options, context)) return true;
  if (!hasLabel(OK_TO_TEST, await labels())) return false;
  return options.ok_to_test !== "per-sha" || (await trustRecord(issue, context)) === (await head());
}
