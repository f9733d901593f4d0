// Title and text of a cherry-pick's pull request, and the commands in comments that ask for one.
import { compareText } from "../../lib/compare-text.ts";
import { regex } from "../../lib/re2.ts";
import { command } from "../../model/commands.ts";
import type { Label } from "../../model/github.ts";

const CHERRY_PICK = command(String.raw`(?m)^(?:/cherrypick|/cherry-pick)\s+(.+)$`);
const RELEASE_NOTE =
  "(?s)(?:Release note\\*\\*:\\s*(?:<!--[^<>]*-->\\s*)?```(?:release-note)?|```release-note)(.+?)```";
const KIND = "kind/";

/** Branches to pick onto, each with those that follow once that is merged; of several about one branch the last counts. */
export function askedBranches(comment: string): Map<string, string[]> {
  const asked = CHERRY_PICK.all(comment).flatMap(([, words = ""]) => {
    const [branch, ...chain] = words.split(/\s+/).filter(Boolean);
    return branch ? [[branch, chain] as const] : [];
  });
  return new Map(asked);
}

/** Without the sign of an earlier pick, so that a pick of a pick does not carry two. */
export function pickTitle(title: string, onto: string, base: string): string {
  const rest = base ? title.replace(`[${base}] `, "") : title;
  return `[${onto}] ${rest}`;
}

interface PickBody {
  number: number;
  /** Text of the original. */
  original: string;
  /** Who is to be assigned by a command. */
  assignee?: string;
  chain: readonly string[];
  labels: readonly Label[];
}

export function pickBody({ number, original, assignee, chain, labels }: PickBody): string {
  const note = regex(RELEASE_NOTE).exec(original)?.[1];
  const kinds = new Set(
    labels.flatMap(({ name }) => (name.startsWith(KIND) && name !== KIND ? [name.slice(KIND.length)] : [])),
  );
  return [
    `This is an automated cherry-pick of #${number}`,
    ...(assignee ? [`/assign ${assignee}`] : []),
    ...(note === undefined ? [] : [`\`\`\`release-note\n${withoutCommands(note.trim())}\n\`\`\``]),
    ...(chain.length > 0 ? [`/cherrypick ${chain.join(" ")}`] : []),
    ...(kinds.size > 0
      ? [
          [...kinds]
            .sort(compareText)
            .map((kind) => `/kind ${kind}`)
            .join("\n"),
        ]
      : []),
  ].join("\n\n");
}

/** The note is anybody's, the new pull request is the bot's: a line of the note must be no command of the bot's. */
const withoutCommands = (note: string): string => note.replace(/(^|[\n\r\u2028\u2029])(?=\/)/g, "$1 ");

/** With the space that Prow has at its end. */
export const notMember = (org: string, login: string): string =>
  `only [${org}](https://github.com/orgs/${org}/people) org members may request cherry picks. If you are already part of the org, make sure to [change](https://github.com/orgs/${org}/people?query=${login}) your membership to public. Otherwise you can still do the cherry-pick manually. `;

export const ownBase = (base: string): string =>
  `I cannot cherry-pick the present PR on top of its base branch (\`${base}\`).`;

export const sameBranch = (branch: string): string =>
  `base branch (${branch}) needs to differ from target branch (${branch})`;

/** Said while the pull request is open. */
export function later(branches: readonly string[], base: string | undefined): string {
  const names = branches.map((branch) => `\`${branch}\``).join(", ");
  const what =
    branches.length === 1 ? "in a new PR and assign it to you" : "in new PRs and assign them to you";
  const refused = base
    ? ` I cannot cherry-pick it on top of \`${base}\` because that is already its base branch.`
    : "";
  return `once the present PR merges, I will cherry-pick it on top of ${names} ${what}.${refused}`;
}

export const noPatch = (reason: string): string =>
  `Failed to get PR patch from GitHub. This PR will need to be manually cherrypicked.\n<details><summary>Error message</summary>${reason}</details>`;
