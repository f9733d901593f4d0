// Our own writes change what is known between events as webhooks do, and sooner.
import type { Clock } from "../lib/clock.ts";
import type { IssueComment, IssueRef, RepoRef } from "../model/github.ts";
import type { Answers } from "./answers.ts";
import type { Echoes } from "./echoes.ts";
import type { GitHubWrite } from "./port.ts";
import { type PullView, withLabels, withOurs, withoutLabel } from "./pull-view.ts";
import { commentLists, forgetBranch, forgetRepo, viewKey, withComment, withoutComment } from "./views.ts";

/** A write whose answer was lost may have been done: what it touches is forgotten then, too. */
export function viewedWrites(
  write: GitHubWrite,
  views: Answers,
  { echoes, clock }: { echoes: Pick<Echoes, "expect">; clock: Pick<Clock, "now"> },
): GitHubWrite {
  const then = async <T>(writing: Promise<T>, forget: () => void): Promise<T> => writing.finally(forget);
  const dropLists = (repo: RepoRef, id: number) => {
    for (const key of commentLists(views, repo)) {
      views.change<readonly IssueComment[]>(key, (list) =>
        list.some((one) => one.id === id) ? undefined : list,
      );
    }
  };
  return {
    ...write,
    ...pullWrites(write, views, clock),
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
      for (const key of commentLists(views, repo)) {
        views.change<readonly IssueComment[]>(key, (list) => withoutComment(list, id));
      }
    },
    createReview: (pr, review) =>
      then(write.createReview(pr, review), () => {
        views.forget(viewKey("reviews", pr));
        views.forget(viewKey("review-comments", pr));
        // Whoever was asked for a review is not any more.
        views.forget(viewKey("pull", pr));
      }),
    deleteBranch: (repo, branch) =>
      then(write.deleteBranch(repo, branch), () => forgetBranch(views, repo, branch)),
    merge: (pr, merge) => then(write.merge(pr, merge), () => forgetRepo(views, pr)),
  };
}

type PullWrite =
  | "addLabels"
  | "removeLabel"
  | "assign"
  | "unassign"
  | "requestReviews"
  | "unrequestReviews"
  | "editIssue";

function pullWrites(
  write: GitHubWrite,
  views: Answers,
  clock: Pick<Clock, "now">,
): Pick<GitHubWrite, PullWrite> {
  const forget = (issue: IssueRef) => views.forget(viewKey("pull", issue));
  /** `change` makes of what was known what it is now; a failed write may have been done. */
  async function change<T>(
    issue: IssueRef,
    writing: Promise<T>,
    names: readonly string[],
    now: (view: PullView, answer: T) => Partial<PullView["pull"]>,
  ): Promise<T> {
    try {
      const answer = await writing;
      const time = clock.now().getTime();
      views.change<PullView>(viewKey("pull", issue), (view) =>
        withOurs(view, now(view, answer), names, time),
      );
      return answer;
    } catch (error) {
      forget(issue);
      throw error;
    }
  }
  const labels = async (issue: IssueRef, writing: Promise<void>): Promise<void> =>
    writing.finally(() => views.forget(viewKey("labels", issue)));
  const beside = async <T>(issue: IssueRef, writing: Promise<T>): Promise<T> =>
    writing.finally(() => forget(issue));
  return {
    addLabels: (issue, names) =>
      labels(
        issue,
        change(issue, write.addLabels(issue, names), names, (view) => ({ labels: withLabels(view, names) })),
      ),
    removeLabel: (issue, name) =>
      labels(
        issue,
        change(issue, write.removeLabel(issue, name), [name], (view) => ({
          labels: withoutLabel(view, name),
        })),
      ),
    assign: (issue, names) =>
      change(issue, write.assign(issue, names), names, (_, assignees) => ({ assignees })),
    unassign: (issue, names) => beside(issue, write.unassign(issue, names)),
    requestReviews: (pr, names) => beside(pr, write.requestReviews(pr, names)),
    unrequestReviews: (pr, names) => beside(pr, write.unrequestReviews(pr, names)),
    editIssue: (issue, edit) => beside(issue, write.editIssue(issue, edit)),
  };
}
