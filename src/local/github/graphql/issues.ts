// Issues and pull requests as GraphQL shows them.
import { association } from "../access.ts";
import { commitsOf, filesOf, trialMerge } from "../git/pull-data.ts";
import { nodeId } from "../present/account.ts";
import { issuePage } from "../present/issue.ts";
import { mergeableState, reviewDecision } from "../present/mergeable-state.ts";
import type { Comment, Issue, Repo, Review } from "../records.ts";
import { fullName, gitOf, issueKey, type PullRequest, repoNamed, repoOf, type World } from "../world.ts";
import { actorNode, labelNode, milestoneNode } from "./actors.ts";
import { commitNode } from "./commits.ts";
import { connection, type PageArguments } from "./connection.ts";
import { refNode } from "./refs.ts";
import type { Root } from "./root.ts";

function shared(root: Root, repo: Repo, found: Issue) {
  const { world } = root;
  const url = issuePage(world, repo, found);
  return {
    databaseId: found.id,
    number: found.number,
    title: found.title,
    body: found.body ?? "",
    url,
    author: actorNode(world, found.user),
    authorAssociation: association(world, repo, found.user),
    closed: found.state === "closed",
    locked: found.locked,
    createdAt: found.created_at,
    updatedAt: found.updated_at,
    closedAt: found.closed_at,
    repository: () => root.repository(repo),
    milestone: milestoneNode(repo.milestones.find((candidate) => candidate.number === found.milestone)),
    labels: (page: PageArguments) => connection(found.labels, page, (name) => labelNode(repo, name)),
    assignees: (page: PageArguments) => connection(found.assignees, page, (login) => actorNode(world, login)),
    comments: (page: PageArguments) =>
      connection(world.store.comments.in(issueKey(found)), page, (comment) =>
        commentNode(world, comment, url),
      ),
  };
}

export function issueNode(root: Root, found: Issue) {
  const repo = repoOf(root.world, found);
  return {
    __typename: "Issue",
    id: nodeId("Issue", found.id),
    ...shared(root, repo, found),
    state: found.state.toUpperCase(),
    isPinned: found.pinned ?? false,
  };
}

const commentNode = (world: World, comment: Comment, page: string) => ({
  id: nodeId("IssueComment", comment.id),
  databaseId: comment.id,
  body: comment.body,
  author: actorNode(world, comment.user),
  createdAt: comment.created_at,
  updatedAt: comment.updated_at,
  url: `${page}#issuecomment-${comment.id}`,
});

const reviewNode = (world: World, review: Review, page: string) => ({
  id: nodeId("PullRequestReview", review.id),
  databaseId: review.id,
  body: review.body,
  author: actorNode(world, review.user),
  state: review.state,
  submittedAt: review.submitted_at,
  url: `${page}#pullrequestreview-${review.id}`,
});

const CHANGES = { added: "ADDED", removed: "DELETED", modified: "MODIFIED", renamed: "RENAMED" };

export function pullNode(root: Root, pr: PullRequest) {
  const { world } = root;
  const repo = repoOf(world, pr);
  const common = shared(root, repo, pr);
  return {
    __typename: "PullRequest",
    id: nodeId("PullRequest", pr.id),
    ...common,
    state: pr.pull.merged_at ? "MERGED" : pr.state.toUpperCase(),
    isDraft: pr.pull.draft,
    merged: pr.pull.merged_at !== null,
    mergedAt: pr.pull.merged_at,
    ...refs(root, repo, pr),
    ...mergeability(world, pr),
    ...changes(world, repo, pr),
    mergeCommit: () => (pr.pull.merge_commit_sha ? commitNode(world, repo, pr.pull.merge_commit_sha) : null),
    reviewDecision: () => reviewDecision(world, pr),
    reviews: (page: PageArguments) =>
      connection(
        world.store.reviews.in(issueKey(pr)).filter((review) => review.state !== "PENDING"),
        page,
        (review) => reviewNode(world, review, common.url),
      ),
  };
}

function refs(root: Root, repo: Repo, { pull, user }: PullRequest) {
  const { world } = root;
  const headRepo = pull.head_repo ? repoNamed(world, pull.head_repo) : undefined;
  return {
    baseRef: () => refNode(world, repo, `refs/heads/${pull.base}`),
    baseRefName: pull.base,
    baseRefOid: async () => (await gitOf(world, repo).branch(pull.base)) ?? pull.base_sha,
    headRef: () => (headRepo ? refNode(world, headRepo, `refs/heads/${pull.head}`) : null),
    headRefName: pull.head,
    headRefOid: pull.head_sha,
    headRepository: () => (headRepo ? root.repository(headRepo) : null),
    headRepositoryOwner: actorNode(world, headRepo?.owner ?? user),
    isCrossRepository: pull.head_repo !== fullName(repo),
  };
}

/** Only an open pull request is merged for trial. */
function mergeability(world: World, pr: PullRequest) {
  const trial = async () => (pr.state === "open" ? trialMerge(world, pr) : undefined);
  return {
    mergeable: async () => {
      const made = await trial();
      if (!made) return "UNKNOWN";
      return made.commit === null ? "CONFLICTING" : "MERGEABLE";
    },
    mergeStateStatus: async () => {
      const made = await trial();
      return made ? mergeableState(world, pr, made).toUpperCase() : "UNKNOWN";
    },
    canBeRebased: async () => ((await trial())?.commit ?? null) !== null,
  };
}

function changes(world: World, repo: Repo, pr: PullRequest) {
  const sum = async (count: "additions" | "deletions") =>
    (await filesOf(world, pr)).reduce((total, file) => total + file[count], 0);
  return {
    additions: () => sum("additions"),
    deletions: () => sum("deletions"),
    changedFiles: async () => (await filesOf(world, pr)).length,
    commits: async (page: PageArguments) =>
      connection(await commitsOf(world, pr), page, (sha) => ({
        id: nodeId("PullRequestCommit", sha),
        commit: commitNode(world, repo, sha),
      })),
    files: async (page: PageArguments) =>
      connection(await filesOf(world, pr), page, (file) => ({
        path: file.filename,
        additions: file.additions,
        deletions: file.deletions,
        changeType: CHANGES[file.status],
      })),
  };
}
