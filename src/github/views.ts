// What is known of pull requests and branches between two events: read once, then kept up to date by webhooks and our own writes.
import { type IssueComment, type IssueRef, type RepoRef, repoName } from "../model/github.ts";
import type { Answers } from "./answers.ts";
import type { Echoes } from "./echoes.ts";
import type { GitHubRead, GitHubWrite } from "./port.ts";

/** What a view of an issue or pull request consists of. */
const KINDS = ["comments", "reviews", "review-comments", "files", "labels"] as const;
type Kind = (typeof KINDS)[number];

const ofRepo = (kind: Kind | "branch" | "heard", repo: RepoRef): string =>
  `${kind} ${repoName(repo).toLowerCase()}`;
export const viewKey = (kind: Kind | "heard", issue: IssueRef): string =>
  `${ofRepo(kind, issue)}#${issue.number}`;
/** Names of branches are told apart by case. */
export const branchKey = (repo: RepoRef, branch: string): string => `${ofRepo("branch", repo)}:${branch}`;

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
  "comments" | "reviews" | "reviewComments" | "changedFiles" | "issueLabels" | "branchSHA"
>;

export function viewedReads(read: Seen, views: Answers, echoes: Pick<Echoes, "areMissing">): Seen {
  const get = <T>(key: string, ask: () => Promise<T>, keep?: (answer: T) => boolean): Promise<T> =>
    echoes.areMissing() ? ask() : views.get(key, ask, keep);
  return {
    comments: (issue) => get(viewKey("comments", issue), () => read.comments(issue)),
    reviews: (pr) => get(viewKey("reviews", pr), () => read.reviews(pr)),
    reviewComments: (pr) => get(viewKey("review-comments", pr), () => read.reviewComments(pr)),
    changedFiles: (pr) => get(viewKey("files", pr), () => read.changedFiles(pr)),
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

/** A write whose answer was lost may have been done: what it touches is forgotten then, too. */
export function viewedWrites(
  write: GitHubWrite,
  views: Answers,
  echoes: Pick<Echoes, "expect">,
): GitHubWrite {
  const then = async <T>(writing: Promise<T>, forget: () => void): Promise<T> => writing.finally(forget);
  const labels = (issue: IssueRef) => () => views.forget(viewKey("labels", issue));
  /** Which issue the comment is on is not told. */
  const commentLists = (repo: RepoRef) => views.keys(`${ofRepo("comments", repo)}#`);
  const dropLists = (repo: RepoRef, id: number) => {
    for (const key of commentLists(repo)) {
      views.change<readonly IssueComment[]>(key, (list) =>
        list.some((one) => one.id === id) ? undefined : list,
      );
    }
  };
  return {
    ...write,
    addLabels: (issue, names) => then(write.addLabels(issue, names), labels(issue)),
    removeLabel: (issue, name) => then(write.removeLabel(issue, name), labels(issue)),
    async createComment(issue, body, how) {
      const key = viewKey("comments", issue);
      try {
        const comment = await write.createComment(issue, body, how);
        echoes.expect(comment.id);
        views.change<readonly IssueComment[]>(key, (list) => withComment(list, comment));
        return comment;
      } catch (error) {
        views.forget(key);
        throw error;
      }
    },
    editComment: (repo, id, body) => then(write.editComment(repo, id, body), () => dropLists(repo, id)),
    async deleteComment(repo, id) {
      try {
        await write.deleteComment(repo, id);
      } catch (error) {
        dropLists(repo, id);
        throw error;
      }
      for (const key of commentLists(repo)) {
        views.change<readonly IssueComment[]>(key, (list) => withoutComment(list, id));
      }
    },
    createReview: (pr, review) =>
      then(write.createReview(pr, review), () => {
        views.forget(viewKey("reviews", pr));
        views.forget(viewKey("review-comments", pr));
      }),
    deleteBranch: (repo, branch) =>
      then(write.deleteBranch(repo, branch), () => forgetBranch(views, repo, branch)),
    merge: (pr, merge) => then(write.merge(pr, merge), () => forgetRepo(views, pr)),
  };
}
