// Our own writes, told to the other processes before whoever asked for them goes on.
import type { IssueRef, RepoRef } from "../model/github.ts";
import type { News, Written } from "./news.ts";
import type { GitHubWrite } from "./port.ts";
import { KINDS, type Kind } from "./views.ts";

const PULL: readonly Kind[] = ["pull"];
const LABELS: readonly Kind[] = ["labels", "pull"];
const COMMENTS: readonly Kind[] = ["comments"];
const REVIEWS: readonly Kind[] = ["reviews", "review-comments", "pull"];

export function toldWrites(write: GitHubWrite, { commented, wrote }: News): GitHubWrite {
  /** A write that failed may have been done. */
  const then = async <T>(writing: Promise<T>, written: Written): Promise<T> => {
    try {
      return await writing;
    } finally {
      await wrote(written);
    }
  };
  const of = ({ number, ...repo }: IssueRef, kinds: readonly Kind[]): Written => ({ repo, number, kinds });
  const inAll = ({ org, repo }: RepoRef, kinds: readonly Kind[] = KINDS): Written => ({
    repo: { org, repo },
    kinds,
  });
  return {
    ...write,
    addLabels: (issue, names) => then(write.addLabels(issue, names), of(issue, LABELS)),
    removeLabel: (issue, name) => then(write.removeLabel(issue, name), of(issue, LABELS)),
    async createComment(issue, body, how) {
      try {
        const comment = await write.createComment(issue, body, how);
        // A part of the one comment is no comment of its own for others.
        await (comment.id > 0 ? commented(issue, comment) : wrote(of(issue, COMMENTS)));
        return comment;
      } catch (error) {
        await wrote(of(issue, COMMENTS));
        throw error;
      }
    },
    editComment: (repo, id, body) => then(write.editComment(repo, id, body), inAll(repo, COMMENTS)),
    deleteComment: (repo, id) => then(write.deleteComment(repo, id), inAll(repo, COMMENTS)),
    assign: (issue, logins) => then(write.assign(issue, logins), of(issue, PULL)),
    unassign: (issue, logins) => then(write.unassign(issue, logins), of(issue, PULL)),
    requestReviews: (pr, logins) => then(write.requestReviews(pr, logins), of(pr, PULL)),
    unrequestReviews: (pr, logins) => then(write.unrequestReviews(pr, logins), of(pr, PULL)),
    createReview: (pr, review) => then(write.createReview(pr, review), of(pr, REVIEWS)),
    editIssue: (issue, edit) => then(write.editIssue(issue, edit), of(issue, PULL)),
    deleteBranch: (repo, branch) => then(write.deleteBranch(repo, branch), inAll(repo)),
    merge: (pr, merge) => then(write.merge(pr, merge), inAll(pr)),
  };
}
