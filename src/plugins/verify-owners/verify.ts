// Looks at the OWNERS files that a pull request changes, and says what is wrong with them.
import { compareText } from "../../lib/compare-text.ts";
import { yamlFault } from "../../lib/yaml/fault.ts";
import type { Effect } from "../../model/effect.ts";
import type { Event } from "../../model/event.ts";
import { type ChangedFile, type IssueRef, type PullRequest, repoName } from "../../model/github.ts";
import { hasLabel, INVALID_OWNERS } from "../../model/labels.ts";
import { announce, formatReply, oneLine } from "../../model/reply.ts";
import type { OwnersSettings } from "../../owners/load.ts";
import { type Aliases, parseAliases } from "../../owners/parse.ts";
import { compilePatterns, isIgnored, parentDirectory } from "../../owners/repo-owners.ts";
import { prRef } from "../event-issue.ts";
import { ownersSettings } from "../owners-of.ts";
import type { Context } from "../plugin.ts";
import { pruneComments } from "../prune.ts";
import { triggerFor, untrustedReason } from "../trust.ts";
import { type ChangedOwners, checkFile, type Verdict } from "./check-file.ts";
import { Newcomers } from "./newcomers.ts";

interface Case {
  event: Event;
  pr: PullRequest;
  issue: IssueRef;
  settings: OwnersSettings;
  isMarked: boolean;
}

export async function verify(event: Event, pr: PullRequest, context: Context): Promise<Effect[]> {
  const { config, plugins, read } = context;
  const { repo } = event;
  const settings = ownersSettings(repo, config, plugins);
  const issue = prRef(repo, pr);
  const changes = await read.changedFiles(issue);
  const owners = changes.filter(
    ({ filename, status }) => baseName(filename) === settings.filename && status !== "removed",
  );
  const aliases = changes.find(({ filename }) => filename === settings.aliasesFilename);
  const isMarked = hasLabel(INVALID_OWNERS, await read.issueLabels(issue));
  if (owners.length === 0 && !aliases && !isMarked) return [];
  return judge({ event, pr, issue, settings, isMarked }, owners, aliases, context);
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Of all files together: they are anybody's, and a million take a second. */
const MOST_CHARACTERS = 500_000;
const TOO_MUCH = `The OWNERS files that this pull request changes hold more than ${MOST_CHARACTERS} characters, and not all of that is looked at.`;

async function judge(
  the: Case,
  owners: readonly ChangedFile[],
  changedAliases: ChangedFile | undefined,
  context: Context,
): Promise<Effect[]> {
  const { event, isMarked, issue, settings } = the;
  const { repo } = event;
  const texts = await mergedTexts(the, owners, context);
  if (!texts) return [];
  const mark: Effect[] = isMarked ? [] : [{ do: "addLabels", issue, labels: [INVALID_OWNERS] }];
  const aliases = readAliases(texts.get(settings.aliasesFilename));
  if (!aliases) return [...mark, announce(issue, "The content of OWNERS_ALIASES is invalid.", event.at)];

  const newcomers = new Newcomers(repo, triggerFor(context.plugins, repo), context);
  const trusts = context.plugins.owners.skip_collaborators?.includes(repoName(repo)) ?? false;
  if (changedAliases && !trusts) {
    const people = [...new Set([...aliases.values()].flat())].sort(compareText);
    await newcomers.look(people, { path: settings.aliasesFilename, patch: patchOf(changedAliases) });
  }
  const comments: { path: string; position: number; body: string }[] = [];
  let room = MOST_CHARACTERS;
  for (const file of counted(owners, texts, settings)) {
    room -= file.text.length;
    const verdict: Verdict =
      room < 0
        ? { position: 1, message: TOO_MUCH }
        : checkFile(file, settings.filename, context.plugins.owners.labels_denylist ?? []);
    if ("message" in verdict)
      comments.push({ path: file.path, position: verdict.position, body: verdict.message });
    else if (!trusts)
      await newcomers.look(
        verdict.people.filter((name) => !aliases.has(name)),
        file,
      );
  }

  const advice = [...aliases.values()].some((members) => members.length === 0)
    ? [announce(issue, "There are empty aliases in OWNER_ALIASES, cleanup is advised.", event.at)]
    : [];
  const outdated = await unsay(the, context, newcomers.areInDoubt || comments.length === 0);
  if (comments.length === 0 && !newcomers.areInDoubt)
    return [...advice, ...outdated, ...(isMarked ? [unmark(issue)] : [])];
  return [
    ...advice,
    ...mark,
    ...(comments.length > 0 ? [review(the, comments)] : []),
    // An earlier comment is deleted first, so that doing all of it again leaves one.
    ...outdated,
    ...(newcomers.areInDoubt ? [distrust(the, newcomers, context)] : []),
  ];
}

const unmark = (issue: IssueRef): Effect => ({ do: "removeLabel", issue, label: INVALID_OWNERS });

/** The files as the merge would leave them; undefined when there can be none, which others say. */
async function mergedTexts(
  { event, pr, settings }: Case,
  owners: readonly ChangedFile[],
  { log, merged, read }: Context,
): Promise<ReadonlyMap<string, string> | undefined> {
  const { repo } = event;
  const baseSHA = await read.branchSHA(repo, pr.base.ref);
  if (!baseSHA) throw new Error(`${repoName(repo)} has no branch ${pr.base.ref} to merge into`);
  const paths = [settings.aliasesFilename, ...owners.map(({ filename }) => filename)];
  const texts = await merged(repo, { baseSHA, heads: [pr.head.sha], method: "merge" }, paths);
  if (!texts) log.info({ head: pr.head.sha }, "OWNERS files are not verified: the head does not merge");
  return texts;
}

/** undefined when something in it is no alias. */
function readAliases(text = ""): Aliases | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  let isGood = yamlFault(text) === undefined;
  try {
    const aliases = parseAliases(text, () => {
      isGood = false;
    });
    return isGood ? aliases : undefined;
  } catch {
    return undefined;
  }
}

/** undefined for a change that GitHub does not show. */
const patchOf = ({ additions = 0, patch }: ChangedFile): string | undefined =>
  patch ?? (additions > 0 ? undefined : "");

/** Without those in directories that do not count, and without what is no file. */
function counted(
  owners: readonly ChangedFile[],
  texts: ReadonlyMap<string, string>,
  { ignoredDirectories }: OwnersSettings,
): ChangedOwners[] {
  const ignored = compilePatterns(ignoredDirectories);
  return owners.flatMap((file) => {
    const { filename: path } = file;
    const text = texts.get(path);
    const isLeftOut = text === undefined || isIgnored(parentDirectory(path), ignored);
    return isLeftOut ? [] : [{ path, text, patch: patchOf(file) }];
  });
}

function review({ event, issue, pr, settings }: Case, comments: Parameters<typeof draft>[1]): Effect {
  const files = comments.length === 1 ? "file" : "files";
  const message = `${comments.length} invalid ${settings.filename} ${files}`;
  const quoted = { login: pr.user.login, body: pr.body ?? "", url: pr.html_url };
  const review = { ...draft(formatReply(quoted, message), comments), commit_id: pr.head.sha };
  return { do: "createReview", pr: issue, review, since: event.at ?? "" };
}

const draft = (body: string, comments: { path: string; position: number; body: string }[]) => ({
  event: "COMMENT" as const,
  body,
  comments,
});

/** What is said of all who are not trusted. */
function untrustedText({ event, settings }: Case, { plugins }: Context): string {
  const { org } = event.repo;
  const join = triggerFor(plugins, event.repo).join_org_url || `https://github.com/orgs/${org}/people`;
  return `The OWNERS file contains untrusted users, which makes it INVALID. The following users are mentioned in ${settings.filename} file(s) but are untrusted for the following reasons. One way to make the user trusted is to add them as [members](${join}) of the ${org} org. You can then trigger verification by writing \`/verify-owners\` in a comment.`;
}

function distrust(the: Case, { unknown, untrusted }: Newcomers, context: Context): Effect {
  const { repo } = the.event;
  const reason = untrustedReason(repo.org, triggerFor(context.plugins, repo));
  const lines = [...untrusted].flatMap(([person, files]) => [
    `- ${person}`,
    `  - ${reason}`,
    ...files.map((file) => `  - ${oneLine(file)}`),
  ]);
  const more = unknown.size > 0 ? [`- ${unknown.size} more, who are too many to be looked up at once`] : [];
  const body = [untrustedText(the, context), ...lines, ...more].join("\n");
  return { do: "createComment", issue: the.issue, body };
}

/** Of what has just been opened the bot has not said anything. */
async function unsay(the: Case, context: Context, due: boolean): Promise<Effect[]> {
  const isNew = the.event.kind === "pull_request" && the.event.action === "opened";
  if (!due || isNew) return [];
  const said = untrustedText(the, context);
  return pruneComments(the.issue, context, (words) => words.includes(said));
}
