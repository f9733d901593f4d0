// What a pull request needs, given whether it can be merged and whether it carries the label already.
import type { GitHubRead } from "../../github/port.ts";
import type { Effect } from "../../model/effect.ts";
import type { IssueRef } from "../../model/github.ts";
import { NEEDS_REBASE } from "../../model/labels.ts";
import { formatSimple } from "../../model/reply.ts";
import { pruneComments } from "../prune.ts";

const MESSAGE = "PR needs rebase.";
const DEPENDABOT = "dependabot[bot]";
/** Dependabot takes that for a command. */
const TO_DEPENDABOT = formatSimple("rebase");

/** A pull request as it was looked at. */
export interface Found {
  issue: IssueRef;
  author: string;
  mergeable: boolean;
  hasLabel: boolean;
}

/** Comments are read only when there are some to be taken away. */
export async function rebaseEffects(found: Found, read: GitHubRead): Promise<Effect[]> {
  const { author, hasLabel, issue, mergeable } = found;
  if (!mergeable && !hasLabel) {
    const body = author === DEPENDABOT ? TO_DEPENDABOT : formatSimple(MESSAGE);
    // The label last: it says that this is done.
    return [
      { do: "createComment", issue, body, marker: body.trim() },
      { do: "addLabels", issue, labels: [NEEDS_REBASE] },
    ];
  }
  if (!mergeable || !hasLabel) return [];
  const bot = await read.botLogin();
  return [
    ...(await pruneComments(issue, { bot, read }, isRequest)),
    { do: "removeLabel", issue, label: NEEDS_REBASE },
  ];
}

/** One to dependabot too, other than in Prow: while it stands, the next conflict would not be told. */
const isRequest = (words: string): boolean =>
  words.includes(MESSAGE) || words.trim() === TO_DEPENDABOT.trim();
