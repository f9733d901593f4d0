// A pull request that is picked onto another branch, as a step of its own: what it takes, and what people are told.
import type { IssueRef } from "./github.ts";
import { formatReply, type Quoted } from "./reply.ts";

export interface CherryPick {
  /** The one that is picked. */
  pr: IssueRef;
  /** Branch that it is picked onto. */
  onto: string;
  /** In the order in which they are picked. */
  commits: string[];
  /** Of the new pull request. */
  title: string;
  body: string;
  labels: string[];
  requester: string;
  /** Whether the new pull request is assigned to who asked for it. */
  assign: boolean;
  /** Whether what cannot be picked becomes an issue, for who asked for it. */
  issueOnConflict: boolean;
  /** What is answered; undefined when a label asked for it. */
  quoted?: Quoted;
}

export const cherryPickBranch = ({ pr, onto }: Pick<CherryPick, "pr" | "onto">): string =>
  `cherry-pick-${pr.number}-to-${onto}`;

/** Prow's words around an answer. */
export const cherryPickAnswer = (quoted: Quoted | undefined, message: string): string =>
  quoted ? formatReply(quoted, message) : `In response to a cherrypick label: ${message}`;

export const wasCreated = (number: number): string => `new pull request created: #${number}`;

export const hasConflict = ({ pr, onto }: CherryPick, conflict: string): string =>
  `#${pr.number} failed to apply on top of branch ${JSON.stringify(onto)}:\n\`\`\`\n${conflict}\n\`\`\``;
