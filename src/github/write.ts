// The writes of the GitHub port over REST.
import { type IssueRef, normaliseLogin, type RepoRef } from "../model/github.ts";
import * as decode from "../model/github-decode.ts";
import type { Api } from "./api.ts";
import { GitHubError, orNotFound } from "./error.ts";
import type { GitHubWrite } from "./port.ts";
import { ISSUE, inIssue, inRepo, PULL, REPO } from "./routes.ts";

export function writes(api: Api): GitHubWrite {
  return {
    async addLabels(issue, labels) {
      await api.call(issue.org, `POST ${ISSUE}/labels`, { ...inIssue(issue), labels });
    },
    removeLabel: (issue, label) =>
      goneIsFine(api.call(issue.org, `DELETE ${ISSUE}/labels/{label}`, { ...inIssue(issue), label })),
    async createComment(issue, body) {
      const answer = await api.call(issue.org, `POST ${ISSUE}/comments`, { ...inIssue(issue), body });
      return decode.issueComment(decode.json(answer));
    },
    async editComment(repo, id, body) {
      await api.call(repo.org, `PATCH ${REPO}/issues/comments/{id}`, { ...inRepo(repo), id, body });
    },
    deleteComment: (repo, id) =>
      goneIsFine(api.call(repo.org, `DELETE ${REPO}/issues/comments/{id}`, { ...inRepo(repo), id })),
    ...besideCommits(api),
    ...issuePlaces(api),
    async assign(issue, logins) {
      const parameters = { ...inIssue(issue), assignees: logins.map(normaliseLogin) };
      const answer = await api.call(issue.org, `POST ${ISSUE}/assignees`, parameters);
      return decode.items(decode.json(answer), "assignees", decode.user);
    },
    async unassign(issue, logins) {
      const parameters = { ...inIssue(issue), assignees: logins.map(normaliseLogin) };
      await api.call(issue.org, `DELETE ${ISSUE}/assignees`, parameters);
    },
    requestReviews: (pr, logins) => requestReviews(api, pr, logins),
    async unrequestReviews(pr, logins) {
      const parameters = { ...inIssue(pr), ...reviewers(logins) };
      await api.call(pr.org, `DELETE ${PULL}/requested_reviewers`, parameters);
    },
    async createReview(pr, review) {
      await api.call(pr.org, `POST ${PULL}/reviews`, { ...inIssue(pr), ...review });
    },
    async editIssue(issue, edit) {
      await api.call(issue.org, `PATCH ${ISSUE}`, { ...inIssue(issue), ...edit });
    },
    async react(issue, content) {
      await api.call(issue.org, `POST ${ISSUE}/reactions`, { ...inIssue(issue), content });
    },
    async reactToComment(repo, id, content) {
      const parameters = { ...inRepo(repo), id, content };
      await api.call(repo.org, `POST ${REPO}/issues/comments/{id}/reactions`, parameters);
    },
    async fork(repo) {
      const made = decode.json(await api.call(repo.org, `POST ${REPO}/forks`, inRepo(repo)));
      return { org: decode.text(decode.child(made, "owner"), "login"), repo: decode.text(made, "name") };
    },
    async createPullRequest(repo, pr) {
      const parameters = { ...inRepo(repo), ...pr, maintainer_can_modify: true };
      return decode.whole(decode.json(await api.call(repo.org, `POST ${REPO}/pulls`, parameters)), "number");
    },
    async createIssue(repo, issue) {
      const parameters = { ...inRepo(repo), ...issue, assignees: issue.assignees.map(normaliseLogin) };
      return decode.whole(decode.json(await api.call(repo.org, `POST ${REPO}/issues`, parameters)), "number");
    },
    deleteBranch: (repo, branch) => deleteBranch(api, repo, branch),
    async merge(pr, { sha, method, title, message }) {
      const answer = await api.call(pr.org, `PUT ${PULL}/merge`, {
        ...inIssue(pr),
        sha,
        merge_method: method,
        ...(title && { commit_title: title }),
        ...(message && { commit_message: message }),
      });
      return decode.text(decode.json(answer), "sha", "");
    },
  };
}

type BesideCommits =
  | "createStatus"
  | "createCheckRun"
  | "updateCheckRun"
  | "rerunFailedJobs"
  | "approveWorkflowRun";

function besideCommits(api: Api): Pick<GitHubWrite, BesideCommits> {
  return {
    async createStatus(repo, sha, status) {
      await api.call(repo.org, `POST ${REPO}/statuses/{sha}`, {
        ...inRepo(repo),
        sha,
        state: status.state,
        context: status.context,
        description: status.description,
        ...(status.target_url && { target_url: status.target_url }),
      });
    },
    async createCheckRun(repo, run) {
      const parameters = { ...inRepo(repo), status: "completed", ...run };
      return decode.checkRun(decode.json(await api.call(repo.org, `POST ${REPO}/check-runs`, parameters)));
    },
    async updateCheckRun(repo, id, change) {
      await api.call(repo.org, `PATCH ${REPO}/check-runs/{id}`, { ...inRepo(repo), id, ...change });
    },
    async rerunFailedJobs(repo, id) {
      await api.call(repo.org, `POST ${REPO}/actions/runs/{id}/rerun-failed-jobs`, { ...inRepo(repo), id });
    },
    async approveWorkflowRun(repo, id) {
      await api.call(repo.org, `POST ${REPO}/actions/runs/{id}/approve`, { ...inRepo(repo), id });
    },
  };
}

/** Where an issue stands, which only GraphQL changes. */
function issuePlaces(api: Api): Pick<GitHubWrite, "pinIssue" | "transferIssue"> {
  return {
    async pinIssue(org, id, pinned) {
      const name = pinned ? "pinIssue" : "unpinIssue";
      const input = pinned ? "PinIssueInput" : "UnpinIssueInput";
      const mutation = `mutation($input: ${input}!) { ${name}(input: $input) { issue { id } } }`;
      await api.graphql(org, mutation, { input: { issueId: id } });
    },
    async transferIssue(org, id, repositoryId) {
      const mutation =
        "mutation($input: TransferIssueInput!) { transferIssue(input: $input) { issue { url } } }";
      await api.graphql(org, mutation, { input: { issueId: id, repositoryId } });
    },
  };
}

/** Returns the logins that GitHub refused. */
async function requestReviews(api: Api, pr: IssueRef, logins: string[]): Promise<string[]> {
  const ask = (names: string[]) =>
    api.call(pr.org, `POST ${PULL}/requested_reviewers`, { ...inIssue(pr), ...reviewers(names) });
  try {
    await ask(logins);
    return [];
  } catch (error) {
    if (!isUnprocessable(error)) throw error;
    if (logins.length === 1) return logins;
  }
  // One login that is no collaborator refuses the whole request: ask one by one to learn which.
  const refused: string[] = [];
  for (const login of logins) {
    try {
      await ask([login]);
    } catch (error) {
      if (!isUnprocessable(error)) throw error;
      refused.push(login);
    }
  }
  return refused;
}

/** `org/team` asks a team, anything else a user. */
function reviewers(logins: string[]): { reviewers: string[]; team_reviewers: string[] } {
  const names = logins.map((login) => login.replace(/^@/, ""));
  return {
    reviewers: names.filter((name) => !name.includes("/")),
    team_reviewers: names.flatMap((name) => (name.includes("/") ? [name.split("/")[1]!] : [])),
  };
}

/** GitHub answers 422 for a ref that does not exist. */
async function deleteBranch(api: Api, repo: RepoRef, branch: string): Promise<void> {
  try {
    const parameters = { ...inRepo(repo), branch };
    await goneIsFine(api.call(repo.org, `DELETE ${REPO}/git/refs/heads/{+branch}`, parameters));
  } catch (error) {
    if (!isUnprocessable(error)) throw error;
  }
}

const isUnprocessable = (error: unknown): boolean => error instanceof GitHubError && error.status === 422;

const goneIsFine = async (request: Promise<unknown>): Promise<void> => void (await orNotFound(request));
