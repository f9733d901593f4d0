// A pull request as it is known between events: news changes it, and what news says besides must agree with it.
import type { PullRequest, User } from "../model/github.ts";

export interface PullView {
  pull: PullRequest;
  /** Labels and logins that we have changed ourselves, lower-case, and until when webhooks may not know of it. */
  ours: Readonly<Record<string, number>>;
}

/** Webhooks of what was done before our own write come later than its answer. */
const OURS_MS = 10_000;

/** Whether it can be merged changes without a webhook, so nobody is told by this view. */
export const pullView = (pull: PullRequest): PullView => ({
  pull: { ...pull, mergeable: null, merge_commit_sha: null },
  ours: {},
});

const lower = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());
const labelNames = ({ labels }: PullRequest) => labels.map(({ name }) => name);
const logins = (users: readonly User[]) => users.map(({ login }) => login);

/** After our own write; `names` are what it may have changed. */
export function withOurs(
  { pull, ours }: PullView,
  change: Partial<PullRequest>,
  names: readonly string[],
  now: number,
): PullView {
  const live = Object.entries(ours).filter(([, until]) => now < until);
  const added = lower(names).map((name) => [name, now + OURS_MS]);
  return { pull: { ...pull, ...change }, ours: Object.fromEntries([...live, ...added]) };
}

export const withLabels = ({ pull }: PullView, names: readonly string[]): PullRequest["labels"] => {
  const known = new Set(lower(labelNames(pull)));
  return [
    ...pull.labels,
    ...names.filter((name) => !known.has(name.toLowerCase())).map((name) => ({ name })),
  ];
};

export const withoutLabel = ({ pull }: PullView, gone: string): PullRequest["labels"] =>
  pull.labels.filter(({ name }) => name.toLowerCase() !== gone.toLowerCase());

/** What a webhook of a change says of the pull request afterwards. */
export interface PullNews {
  action: string;
  pull: PullRequest;
  /** Of `labeled` and `unlabeled`. */
  label?: string;
  /** Of `assigned` and `unassigned`. */
  login?: string;
}

/** The view after the news; undefined when they do not agree: something was missed, or came in another order. */
export function withNews(view: PullView, news: PullNews, now: number): PullView | undefined {
  const { pull, ours } = view;
  if (Date.parse(news.pull.updated_at) < Date.parse(pull.updated_at)) return undefined;
  const told = pullView(news.pull).pull;
  const labels = changed(lower(labelNames(pull)), news.label, news.action === "labeled");
  const assigned = changed(lower(logins(pull.assignees)), news.login, news.action === "assigned");
  const mayDiffer = (name: string) => now < (ours[name] ?? 0);
  const agree =
    sameBut(labels, lower(labelNames(told)), mayDiffer) &&
    sameBut(assigned, lower(logins(told.assignees)), mayDiffer) &&
    JSON.stringify(rest(pull)) === JSON.stringify(rest(told));
  if (!agree) return undefined;
  return {
    pull: { ...told, labels: pick(pull, told, labels), assignees: people(pull, told, assigned) },
    ours,
  };
}

function changed(names: string[], name: string | undefined, isAdded: boolean): string[] {
  if (name === undefined) return names;
  const others = names.filter((one) => one !== name.toLowerCase());
  return isAdded ? [...others, name.toLowerCase()] : others;
}

function sameBut(ours: string[], theirs: string[], mayDiffer: (name: string) => boolean): boolean {
  const [a, b] = [new Set(ours), new Set(theirs)];
  return [...a.symmetricDifference(b)].every(mayDiffer);
}

const pick = (pull: PullRequest, told: PullRequest, names: string[]): PullRequest["labels"] =>
  names.map(
    (name) => [...told.labels, ...pull.labels].find((one) => one.name.toLowerCase() === name) ?? { name },
  );

const people = (pull: PullRequest, told: PullRequest, names: string[]): User[] =>
  names.map(
    (name) =>
      [...told.assignees, ...pull.assignees].find(({ login }) => login.toLowerCase() === name) ?? {
        login: name,
      },
  );

/** What no news of labels and assignees changes. */
const rest = (pull: PullRequest) => [
  pull.title,
  pull.body ?? "",
  pull.state,
  pull.draft,
  pull.merged,
  pull.head.sha,
  pull.base.ref,
  pull.milestone?.number ?? null,
  lower(logins(pull.requested_reviewers)).sort(),
  (pull.requested_teams ?? []).map(({ slug }) => slug).sort(),
];
