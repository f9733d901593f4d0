// Keeps the release note label of a pull request right, and asks for a note where there is none.
import { isRefusal } from "../../github/error.ts";
import { regex } from "../../lib/re2.ts";
import type { Effect } from "../../model/effect.ts";
import type { PullRequestEvent } from "../../model/event.ts";
import type { RepoRef } from "../../model/github.ts";
import { RELEASE_NOTE_NEEDED } from "../../model/labels.ts";
import { announce, formatResponse, formatSimple } from "../../model/reply.ts";
import { prRef } from "../event-issue.ts";
import type { Context } from "../plugin.ts";
import { pruneComments } from "../prune.ts";
import { SET_NONE } from "./commands.ts";
import {
  ACTION_REQUIRED,
  DEPRECATION,
  labelFor,
  NONE,
  NOTE_LABELS,
  RELEASE_NOTE,
  setLabel,
  tellsOfNote,
} from "./note.ts";

const ACTIONS = ["opened", "edited", "ready_for_review"];

const PARENTS_LACK_IT = `All 'parent' PRs of a cherry-pick PR must have one of the "${RELEASE_NOTE}" or "${ACTION_REQUIRED}" labels, or this PR must follow the standard/parent release note labeling requirement.`;
const FORBIDS_NONE = `Adding the "${RELEASE_NOTE_NEEDED}" label and removing any existing "${NONE}" label because there is a "${DEPRECATION}" label on the PR.`;
const lacksBlock = (guidelines: string): string =>
  `Adding the "${RELEASE_NOTE_NEEDED}" label because no release-note block was detected, please follow our [release note process](${guidelines}) to remove it.`;

export async function onPullRequest(
  event: PullRequestEvent,
  guidelines: string,
  context: Context,
): Promise<Effect[]> {
  const { action, label, pr, repo } = event;
  if (!ACTIONS.includes(action) && !(action === "labeled" && NOTE_LABELS.includes(label?.name ?? "")))
    return [];
  const issue = prRef(repo, pr);
  const labels = (await context.read.issueLabels(issue)).map(({ name }) => name);
  const told = labelFor(pr.body ?? "", labels);
  if (told !== RELEASE_NOTE_NEEDED)
    return [...(await unsay(event, guidelines, context)), ...setLabel(issue, told, labels)];
  if (pr.merged) return [];

  const parents = pr.base.ref === "master" ? [] : parentsIn(pr.body ?? "");
  const noteless = await withoutNote(repo, parents, context);
  if (parents.length > 0 && noteless.length === 0) {
    const isAsked = labels.includes(RELEASE_NOTE_NEEDED);
    const unask: Effect = { do: "removeLabel", issue, label: RELEASE_NOTE_NEEDED };
    return [...(await unsay(event, guidelines, context)), ...(isAsked ? [unask] : [])];
  }
  if (!labels.includes(DEPRECATION) && (await saidNone(event, context)))
    return [...(await unsay(event, guidelines, context)), ...setLabel(issue, NONE, labels)];
  // Before the label: once that is on, a retry of this event would say nothing more.
  return [
    ...(labels.includes(RELEASE_NOTE_NEEDED) ? [] : ask(event, guidelines, labels, noteless)),
    ...setLabel(issue, RELEASE_NOTE_NEEDED, labels),
  ];
}

function ask(
  { at, pr, repo }: PullRequestEvent,
  guidelines: string,
  labels: readonly string[],
  noteless: readonly number[],
): Effect[] {
  const issue = prRef(repo, pr);
  const numbers = noteless.map((number) => `#${number}`).join(", ");
  const reason = `The following parent PRs have neither the "${RELEASE_NOTE}" nor the "${ACTION_REQUIRED}" labels: ${numbers}.`;
  const words = labels.includes(DEPRECATION) ? FORBIDS_NONE : lacksBlock(guidelines);
  return [
    ...(noteless.length > 0
      ? [announce(issue, formatResponse(pr.user.login, PARENTS_LACK_IT, reason), at)]
      : []),
    announce(issue, formatSimple(words), at),
  ];
}

/** Takes back the bot's requests for a note. Of what has just been opened it has not said anything. */
async function unsay({ action, pr, repo }: PullRequestEvent, guidelines: string, context: Context) {
  if (action === "opened") return [];
  const requests = [lacksBlock(guidelines), PARENTS_LACK_IT];
  return pruneComments(prRef(repo, pr), context, (words) => requests.some((said) => words.includes(said)));
}

/** Anybody, at any time, as Prow has it. */
async function saidNone({ action, pr, repo }: PullRequestEvent, { read }: Context): Promise<boolean> {
  if (action === "opened") return false;
  return (await read.comments(prRef(repo, pr))).some(({ body }) => SET_NONE.test(body));
}

const PARENT = regex("Cherry pick of #([[:digit:]]+) on release-([[:digit:]]+\\.[[:digit:]]+).");
/** Each costs a request, and a description is anybody's. */
const MOST_PARENTS = 50;

/** Pull requests that this one is a cherry pick of, as its description says, one a line. */
const parentsIn = (description: string): number[] =>
  description
    .split("\n")
    .map((line) => Number(PARENT.exec(line)?.[1]))
    .filter(Number.isSafeInteger)
    .slice(0, MOST_PARENTS);

/** Those that have no note to inherit; as Prow has it, one that is not there is none of them. */
async function withoutNote(
  repo: RepoRef,
  parents: readonly number[],
  { log, read }: Context,
): Promise<number[]> {
  const found: number[] = [];
  for (const number of parents) {
    try {
      if (!tellsOfNote(await read.issueLabels({ ...repo, number }))) found.push(number);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      log.warn({ error, parent: number }, "the parent of a cherry pick is not there");
    }
  }
  return found;
}
