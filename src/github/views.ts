// What is known of pull requests and branches between two events: read once, then kept up to date by webhooks and our own writes.
import { type IssueComment, type IssueRef, type RepoRef, repoKey } from "../model/github.ts";
import type { Answers } from "./answers.ts";
import type { Echoes } from "./echoes.ts";
import type { GitHubRead } from "./port.ts";
import { pullView } from "./pull-view.ts";

/** What a view of an issue or pull request consists of. */
export const KINDS = [
  "comments",
  "reviews",
  "review-comments",
  "files",
  "file-count",
  "labels",
  "pull",
] as const;
export type Kind = (typeof KINDS)[number];

const ofRepo = (kind: Kind | "branch" | "heard", repo: RepoRef): string => `${kind} ${repoKey(repo)}`;
export const viewKey = (kind: Kind | "heard", issue: IssueRef): string =>
  `${ofRepo(kind, issue)}#${issue.number}`;
/** Names of branches are told apart by case. */
const branchKey = (repo: RepoRef, branch: string): string => `${ofRepo("branch", repo)}:${branch}`;

export function forgetIssue(views: Answers, issue: IssueRef): void {
  for (const kind of KINDS) views.forget(viewKey(kind, issue));
}

export function forgetLabels(views: Answers, repo: RepoRef): void {
  views.forgetAll(`${ofRepo("labels", repo)}#`);
}

/** What a pull request changes also follows from where its base is. */
export function forgetBranch(views: Answers, repo: RepoRef, branch: string): void {
  views.forget(branchKey(repo, branch));
  views.forgetAll(`${ofRepo("files", repo)}#`);
}

export function forgetRepo(views: Answers, repo: RepoRef): void {
  for (const kind of KINDS) views.forgetAll(`${ofRepo(kind, repo)}#`);
  views.forgetAll(`${ofRepo("branch", repo)}:`);
}

type Seen = Pick<
  GitHubRead,
  "comments" | "reviews" | "reviewComments" | "changedFiles" | "issueLabels" | "branchSHA" | "pullRequest"
>;

interface Up {
  echoes: Pick<Echoes, "areMissing">;
  /** Takes in what other processes have told; false when it cannot be had. Without it there are none. */
  catchUp: (() => Promise<boolean>) | undefined;
}

export function viewedReads(read: Seen, views: Answers, { echoes, catchUp }: Up): Seen {
  type Get = <T>(key: string, ask: () => Promise<T>, keep?: (answer: T) => boolean) => Promise<T>;
  const alone: Get = (key, ask, keep) => (echoes.areMissing() ? ask() : views.get(key, ask, keep));
  const together =
    (catchUp: () => Promise<boolean>): Get =>
    async (key, ask, keep) => {
      if (!(await catchUp()) || echoes.areMissing()) return ask();
      return views.get(
        key,
        async () => {
          const answer = await ask();
          // What was told meanwhile comes before the answer is kept: nobody knows whether it is in it.
          if (!(await catchUp())) views.forget(key);
          return answer;
        },
        keep,
      );
    };
  const get = catchUp ? together(catchUp) : alone;
  return {
    comments: (issue) => get(viewKey("comments", issue), () => read.comments(issue)),
    reviews: (pr) => get(viewKey("reviews", pr), () => read.reviews(pr)),
    reviewComments: (pr) => get(viewKey("review-comments", pr), () => read.reviewComments(pr)),
    async pullRequest(pr, how) {
      if (!how?.known) return read.pullRequest(pr);
      return (await get(viewKey("pull", pr), async () => pullView(await read.pullRequest(pr)))).pull;
    },
    changedFiles: (pr) =>
      get(
        viewKey("files", pr),
        () => read.changedFiles(pr),
        // Right after the opening it may not all be there yet.
        (files) => files.length === (views.known<number>(viewKey("file-count", pr)) ?? files.length),
      ),
    issueLabels: (issue) => get(viewKey("labels", issue), () => read.issueLabels(issue)),
    branchSHA: (repo, branch) =>
      get(
        branchKey(repo, branch),
        () => read.branchSHA(repo, branch),
        (sha) => sha !== undefined,
      ),
  };
}

/** The list with one more comment; undefined when it is not the newest, so that somebody may have deleted it since. */
export function withComment(
  list: readonly IssueComment[],
  comment: IssueComment,
): readonly IssueComment[] | undefined {
  if (list.some(({ id }) => id === comment.id)) return list;
  const last = list.at(-1);
  return last && last.id > comment.id ? undefined : [...list, comment];
}

export const withoutComment = (list: readonly IssueComment[], gone: number): readonly IssueComment[] =>
  list.filter(({ id }) => id !== gone);

/** Which issue a comment is on is not always told. */
export const commentLists = (views: Answers, repo: RepoRef): string[] =>
  views.keys(`${ofRepo("comments", repo)}#`);

/** What another process has written. */
export function forgetWritten(views: Answers, repo: RepoRef, kinds: readonly Kind[], number?: number): void {
  for (const kind of kinds) {
    if (number === undefined) views.forgetAll(`${ofRepo(kind, repo)}#`);
    else views.forget(viewKey(kind, { ...repo, number }));
  }
  if (number === undefined && kinds.length === KINDS.length) forgetRepo(views, repo);
}
