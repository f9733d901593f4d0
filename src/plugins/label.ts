// /kind, /area, /label and the like: adds and removes labels that the repository has.
import { section } from "../config/plugins-config.ts";
import { list, object, string } from "../lib/schema.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent, PullRequestEvent } from "../model/event.ts";
import { TRIAGE_ACCEPTED } from "../model/labels.ts";
import { replyTo } from "../model/reply.ts";
import { commentIssue, currentLabels, prRef, quoted } from "./event-issue.ts";
import { mergeLabels, refusal, restrictedLabelsFor, restrictedLabelsSchema } from "./label/restricted.ts";
import { neededAgain, type Wanted, wantedLabels, withoutHTMLComments } from "./label/wanted.ts";
import type { Context, Plugin } from "./plugin.ts";

const labelSection = section(
  "label",
  object({
    additional_labels: list(string("A label that /label may set.")),
    restricted_labels: restrictedLabelsSchema,
  }),
  { merge: mergeLabels },
);

const DEFAULT_KINDS = ["kind", "priority", "area"];

export const label: Plugin = {
  name: "label",
  on: ["comment", "pull_request"],
  sections: [labelSection],
  description:
    "The label plugin provides commands that add or remove certain types of labels. Labels of the following types can be manipulated: 'area/*', 'committee/*', 'kind/*', 'language/*', 'priority/*', 'sig/*', 'triage/*', and 'wg/*'. More labels can be configured to be used via the /label command. Restricted labels are only able to be added by the teams and users present in their configuration, and those users can be automatically assigned when another label is added using the assign_on config.",
  commands: [
    {
      usage: "/[remove-](area|committee|kind|language|priority|sig|triage|wg|label) <target>",
      description: "Applies or removes a label from one of the recognized types of labels.",
      featured: false,
      whoCanUse:
        "Anyone can trigger this command on issues and PRs. `triage/accepted` can only be added by org members. Restricted labels are only able to be added by teams and users in their configuration.",
      examples: ["/kind bug", "/remove-area prow", "/sig testing", "/language zh", "/label foo-bar-baz"],
    },
  ],
  explainAll(plugins) {
    const additional = plugins.get(labelSection)?.additional_labels ?? [];
    const names = [...DEFAULT_KINDS, ...additional].map((name) => `"${name}/*"`);
    return `The label plugin will work on ${names.slice(0, -1).join(", ")} and ${names.at(-1)} labels.`;
  },
  async handle(event, context) {
    if (event.kind === "comment") return onComment(event, context);
    return event.kind === "pull_request" ? onLabeled(event, context) : [];
  },
};

async function onComment(event: CommentEvent, context: Context): Promise<Effect[]> {
  if (event.action !== "created") return [];
  const { read, plugins } = context;
  const options = plugins.get(labelSection) ?? {};
  const additional = options.additional_labels ?? [];
  const restricted = restrictedLabelsFor(options.restricted_labels, event.repo);
  const text = withoutHTMLComments(event.body);
  const isCustom = (name: string) =>
    restricted.has(name) || additional.some((known) => known.toLowerCase() === name);
  const wanted = wantedLabels(text, isCustom);
  if (!wanted) return [];

  const inRepo = new Set((await read.repositoryLabels(event.repo)).map(({ name }) => name.toLowerCase()));
  const names = (await currentLabels(event, read)).map(({ name }) => name);
  // A comment may name thousands.
  const onIssue = new Set(names.map((name) => name.toLowerCase()));
  const asked: Wanted = { ...wanted, add: [...wanted.add, ...neededAgain(wanted, names, inRepo)] };
  const missing = asked.add.filter((name) => !onIssue.has(name));
  const absent = asked.remove.filter((name) => !onIssue.has(name));
  const mayAccept =
    !missing.includes(TRIAGE_ACCEPTED) ||
    !inRepo.has(TRIAGE_ACCEPTED) ||
    (await read.isMember(event.repo.org, event.author.login));
  const add = missing.filter((name) => inRepo.has(name) && (mayAccept || name !== TRIAGE_ACCEPTED));
  const remove = new Set(asked.remove.filter((name) => onIssue.has(name) && inRepo.has(name)));

  const refused = await refusals(event, new Set([...add, ...remove]), restricted, context);
  const complaint =
    unknownLabels(asked.unknown, [...additional, ...[...restricted.keys()].sort()]) ??
    missingInRepo(missing.filter((name) => !inRepo.has(name))) ??
    notOnIssue(absent) ??
    (mayAccept
      ? undefined
      : `The label \`${TRIAGE_ACCEPTED}\` cannot be applied. Only GitHub organization members can add the label.`);
  const issue = commentIssue(event);
  const say = (message: string) => replyTo(issue, { ...quoted(event), body: text }, message);
  const labels = [...new Set(add.filter((name) => !refused.has(name)))];
  return [
    ...(labels.length > 0 ? [{ do: "addLabels", issue, labels } as const] : []),
    ...[...remove]
      .filter((name) => !refused.has(name))
      .map((name) => ({ do: "removeLabel", issue, label: name }) as const),
    ...[...refused.values()].map(say),
    ...(complaint ? [say(complaint)] : []),
  ];
}

/** Reasons, by label, why who commented may not touch it. */
async function refusals(
  { author, repo }: CommentEvent,
  names: ReadonlySet<string>,
  restricted: ReturnType<typeof restrictedLabelsFor>,
  { read }: Context,
): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for (const name of names) {
    const reason = await refusal(name, restricted.get(name), repo.org, author.login, read);
    if (reason) reasons.set(name, reason);
  }
  return reasons;
}

const unknownLabels = (unknown: string[], supported: string[]): string | undefined =>
  unknown.length > 0
    ? `The label(s) \`${unknown.join(", ")}\` cannot be applied. These labels are supported: \`${supported.join(", ")}\`. Is this label configured under \`labels -> additional_labels\` or \`labels -> restricted_labels\` in \`plugin.yaml\`?`
    : undefined;

const missingInRepo = (names: string[]): string | undefined =>
  names.length > 0
    ? `The label(s) \`${names.join(", ")}\` cannot be applied, because the repository doesn't have them.`
    : undefined;

const notOnIssue = (names: string[]): string | undefined =>
  names.length > 0 ? `Those labels are not set on the issue: \`${names.join(", ")}\`` : undefined;

/** Some labels call in those who may set a restricted one. */
async function onLabeled(event: PullRequestEvent, { plugins }: Context): Promise<Effect[]> {
  if (event.action !== "labeled" || !event.label) return [];
  const set = event.label.name.toLowerCase();
  const restricted = restrictedLabelsFor(plugins.get(labelSection)?.restricted_labels, event.repo);
  const issue = prRef(event.repo, event.pr);
  return [...restricted.values()]
    .filter(({ assign_on }) => assign_on?.some((on) => on.label?.toLowerCase() === set))
    .filter(({ allowed_users }) => allowed_users && allowed_users.length > 0)
    .map(({ allowed_users }) => ({ do: "assign", issue, logins: allowed_users! }));
}
