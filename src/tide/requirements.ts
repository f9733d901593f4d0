// What a tide query asks of a pull request, requirement by requirement, and which query is nearest to being met.
import type { TideQuery } from "../config/tide.ts";
import { normaliseLogin } from "../model/github.ts";
import type { TideReason } from "../model/tide-snapshot.ts";
import { missingRequired, unsuccessful } from "./contexts.ts";
import { type Candidate, cut, jobsSentence } from "./pool.ts";
import { alternatives } from "./query.ts";

interface Unmet {
  text: string;
  /** How far the query is from being met; the wrong branch outweighs anything that a person can mend. */
  weight: number;
}

interface Requirement {
  condition: string;
  unmet(candidate: Candidate, query: TideQuery): Unmet | undefined;
}

export const WRONG_BRANCH = 2000;

/** In the order in which the status names the first one. */
const REQUIREMENTS: readonly Requirement[] = [
  {
    condition: "branch",
    unmet({ pr }, { excludedBranches = [], includedBranches = [] }) {
      const allowed = includedBranches.length === 0 || includedBranches.includes(pr.branch);
      if (allowed && !excludedBranches.includes(pr.branch)) return undefined;
      return { text: `Merging to branch ${pr.branch} is forbidden.`, weight: WRONG_BRANCH };
    },
  },
  {
    condition: "author",
    unmet({ pr }, query) {
      const author = normaliseLogin(query.author ?? "");
      if (!author || normaliseLogin(pr.author) === author) return undefined;
      return { text: `Must be by author ${author}.`, weight: 1000 };
    },
  },
  {
    condition: "milestone",
    unmet: ({ pr }, { milestone }) =>
      milestone && pr.milestone !== milestone
        ? { text: `Must be in milestone ${milestone}.`, weight: 100 }
        : undefined,
  },
  {
    condition: "labels",
    unmet({ pr }, { labels = [] }) {
      const missing = labels.filter((label) => !alternatives(label).some((name) => pr.labels.includes(name)));
      return labelSentence(
        "Needs",
        missing.map((label) => label.replaceAll(",", " or ")),
      );
    },
  },
  {
    condition: "forbidden-labels",
    unmet: ({ pr }, { missingLabels = [] }) =>
      labelSentence(
        "Should not have",
        missingLabels.filter((label) => pr.labels.includes(label)),
      ),
  },
  {
    condition: "contexts",
    unmet({ contexts, policy }) {
      const names = contexts.map(({ context }) => context);
      // A required context that is absent weighs twice: as not successful and as missing. So it does in Prow.
      const bad = [
        ...unsuccessful(contexts, policy).map(({ context }) => context),
        ...missingRequired(policy, names),
      ];
      return bad.length > 0 ? { text: jobsSentence(bad), weight: bad.length } : undefined;
    },
  },
  {
    condition: "review",
    unmet: ({ pr }, { reviewApprovedRequired }) =>
      reviewApprovedRequired && pr.reviewDecision !== "APPROVED"
        ? { text: "PullRequest is missing sufficient approving GitHub review(s)", weight: 50 }
        : undefined,
  },
  {
    condition: "github-blocks",
    unmet: ({ pr, blocksPolicy }) =>
      blocksPolicy === "block" && pr.mergeStateStatus === "BLOCKED"
        ? { text: "Blocked by GitHub (branch rulesets or protection)", weight: 100 }
        : undefined,
  },
];

function labelSentence(verb: string, labels: string[]): Unmet | undefined {
  if (labels.length === 0) return undefined;
  const shown = cut(labels.toSorted());
  const noun = shown.length === 1 ? "label" : "labels";
  return { text: `${verb} ${shown.join(", ")} ${noun}.`, weight: labels.length };
}

export interface Distance {
  reasons: TideReason[];
  /** 0: the query is met. */
  weight: number;
}

export function distance(candidate: Candidate, query: TideQuery): Distance {
  const reasons: TideReason[] = [];
  let weight = 0;
  for (const { condition, unmet } of REQUIREMENTS) {
    const fault = unmet(candidate, query);
    if (!fault) continue;
    reasons.push({ condition, text: fault.text });
    weight += fault.weight;
  }
  return { reasons, weight };
}

/** The first of the queries that come nearest; undefined when there is no query. */
export function nearest(candidate: Candidate, queries: readonly TideQuery[]): Distance | undefined {
  let best: Distance | undefined;
  for (const query of queries) {
    const found = distance(candidate, query);
    if (!best || found.weight < best.weight) best = found;
  }
  return best;
}
