// A GitHub as plain data behind its port, which notes what it is asked, and the webhooks that tell of its changes.
import { frugal } from "../../src/github/frugal.ts";
import type { GitHub, GitHubRead, GitHubWrite } from "../../src/github/port.ts";
import { silent } from "../../src/lib/logger.ts";
import type { IssueComment, IssueRef, PullRequest, Review } from "../../src/model/github.ts";
import type { Shared } from "../../src/shared/port.ts";
import { manualClock } from "../lib/manual-clock.ts";

export const tool = { org: "acme", repo: "tool" };
export const pr = { ...tool, number: 7 };

const repository = (org: string, repo: string) => ({
  name: repo,
  full_name: `${org}/${repo}`,
  owner: { login: org },
});

/** Everything is the same in each repository and pull request, so that a mixed-up key shows by what is not asked. */
export class FrugalWorld {
  readonly clock = manualClock();
  readonly asked: string[] = [];
  readonly warnings: string[] = [];
  comments: IssueComment[] = [];
  reviews: Review[] = [];
  labels: string[] = [];
  head = "a".repeat(40);
  members = new Set<string>();
  /** Over what a pull request is otherwise. */
  pull: Partial<PullRequest> = {};
  files = new Map<string, string>([["OWNERS", "approvers: [carol]"]]);
  /** All that the bot says is parts of one comment. */
  inParts = false;
  /** The next request fails with it. */
  failure: Error | undefined;
  /** Requests wait for it. */
  gate: Promise<void> = Promise.resolve();
  private ids = 100;

  readonly frugal;

  constructor(hearsAll = true) {
    const log = { ...silent, warn: (_: object, message: string) => void this.warnings.push(message) };
    this.frugal = frugal(this.github(), { clock: this.clock, hearsAll, log });
  }

  /** One of several processes that tell each other. */
  process(shared: Pick<Shared, "tell" | "told">, id: string) {
    const log = { ...silent, warn: (_: object, message: string) => void this.warnings.push(message) };
    return frugal(this.github(), { clock: this.clock, hearsAll: false, log, told: { shared, id } });
  }

  get read() {
    return this.frugal.read;
  }

  get write() {
    return this.frugal.write;
  }

  /** What was asked since the last call. */
  news(): string[] {
    return this.asked.splice(0);
  }

  comment(body: string, login = "bob"): IssueComment {
    const time = this.clock.now().toISOString().replace(".000", "");
    const made: IssueComment = {
      ...{ id: this.ids++, body, user: { login }, html_url: "" },
      ...{ created_at: time, updated_at: time },
    };
    this.comments = [...this.comments, made];
    return made;
  }

  hear(event: string, payload: object, { org, repo } = tool): void {
    this.frugal.hear(event, { repository: repository(org, repo), sender: { login: "bob" }, ...payload });
  }

  hearComment(action: string, comment: IssueComment, more: object = {}, issue: IssueRef = pr): void {
    const counted = { number: issue.number, comments: this.comments.length, ...more };
    this.hear("issue_comment", { action, issue: counted, comment }, issue);
  }

  hearPull(action: string, more: object = {}): void {
    const created_at = this.clock.now().toISOString();
    const pull_request = {
      number: pr.number,
      created_at,
      comments: 0,
      review_comments: 0,
      labels: [],
      ...more,
    };
    this.hear("pull_request", { action, pull_request });
  }

  pullRequest(): PullRequest {
    const time = this.clock.now().toISOString();
    const branch = { ref: "main", sha: this.head };
    return {
      ...{ number: pr.number, title: "", body: null, state: "open", user: { login: "bob" } },
      ...{ labels: this.labels.map((name) => ({ name })), assignees: [], milestone: null, html_url: "" },
      ...{ created_at: time, updated_at: time, draft: false, merged: false, mergeable: true },
      ...{ merge_commit_sha: null, base: branch, head: branch, requested_reviewers: [] },
      ...this.pull,
    } as PullRequest;
  }

  private github(): GitHub {
    const note = async <T>(what: string, answer: () => T): Promise<T> => {
      this.asked.push(what);
      const { gate, failure } = this;
      this.failure = undefined;
      const value = answer();
      await gate;
      if (failure) throw failure;
      return value;
    };
    const at = ({ org, repo, number }: IssueRef) => `${org}/${repo}#${number}`;
    const read: Partial<GitHubRead> = {
      comments: (issue) => note(`comments ${at(issue)}`, () => this.comments),
      reviews: (issue) => note(`reviews ${at(issue)}`, () => this.reviews),
      reviewComments: (issue) => note(`review comments ${at(issue)}`, () => []),
      changedFiles: (issue) => note(`files ${at(issue)}`, () => []),
      issueLabels: (issue) => note(`labels ${at(issue)}`, () => this.labels.map((name) => ({ name }))),
      pullRequest: (issue) => note(`pull ${at(issue)}`, () => this.pullRequest()),
      collaborators: ({ org, repo }) =>
        note(`collaborators ${org}/${repo}`, () => [...this.members].map((login) => ({ login }))),
      branchSHA: ({ repo }, branch) => note(`branch ${repo} ${branch}`, () => this.head),
      isMember: (org, login) => note(`member ${org} ${login}`, () => this.members.has(login)),
      isCollaborator: ({ org, repo }, login) =>
        note(`collaborator ${org}/${repo} ${login}`, () => this.members.has(login)),
      isTeamMember: (org, team, login) => note(`team ${org} ${team} ${login}`, () => this.members.has(login)),
      tree: ({ org, repo }, ref) => note(`tree ${org}/${repo} ${ref}`, () => [...this.files.keys()]),
      file: ({ org, repo }, path, ref) =>
        note(`file ${org}/${repo} ${ref} ${path}`, () => this.files.get(path)),
      blob: ({ org, repo }, sha) => note(`blob ${org}/${repo} ${sha}`, () => "text"),
      commit: ({ org, repo }, sha) =>
        note(`commit ${org}/${repo} ${sha}`, () => ({ sha, message: "", tree: sha, parents: [] })),
      directory: ({ org, repo }, sha, depth) => note(`directory ${org}/${repo} ${sha} ${depth}`, () => []),
      mergeBase: ({ org, repo }, base, head) =>
        note(`merge base ${org}/${repo} ${base} ${head}`, () => this.head),
    };
    const write: Partial<GitHubWrite> = {
      createComment: (_, body) =>
        note("createComment", () => {
          const made = this.comment(body, "robot");
          return this.inParts ? { ...made, id: -made.id } : made;
        }),
      editComment: (_, id, body) =>
        note("editComment", () => {
          this.comments = this.comments.map((one) => (one.id === id ? { ...one, body } : one));
        }),
      deleteComment: (_, id) =>
        note("deleteComment", () => {
          this.comments = this.comments.filter((one) => one.id !== id);
        }),
      addLabels: (_, names) => note("addLabels", () => void this.labels.push(...names)),
      removeLabel: (_, gone) =>
        note("removeLabel", () => {
          this.labels = this.labels.filter((name) => name !== gone);
        }),
      assign: (_, logins) => note("assign", () => logins.map((login) => ({ login }))),
      editIssue: () => note("editIssue", () => {}),
      createReview: () => note("createReview", () => {}),
      deleteBranch: () => note("deleteBranch", () => {}),
      merge: () => note("merge", () => ""),
    };
    return {
      read: read as GitHubRead,
      write: write as GitHubWrite,
      relay: {
        narrows: false,
        token: async () => undefined,
        send: () => Promise.reject(new Error("nobody relays")),
      },
      deliveryLogs: { of: async () => [] },
      gitToken: async () => "",
      seal: async () => "",
    };
  }
}
