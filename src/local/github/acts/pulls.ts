// Opening pull requests, drafts, new bases, requested reviewers, and bringing a branch up to date.
import { assignable } from "../access.ts";
import { ApiError, invalid, unprocessable } from "../api-error.ts";
import { trialMerge } from "../git/pull-data.ts";
import { team as presentTeam, user } from "../present/account.ts";
import type { Repo } from "../records.ts";
import {
  accountOrGhost,
  findTeam,
  fullName,
  gitOf,
  type PullRequest,
  pullsOf,
  repoNamed,
  repoOf,
  type World,
} from "../world.ts";
import { announceIssue, record, save } from "./announce.ts";
import { makeIssue } from "./issues.ts";
import { signatureOf } from "./merge.ts";
import { keepHead, moveRef } from "./refs.ts";

export interface NewPull {
  title: string;
  body: string | null;
  base: string;
  headRepo: Repo;
  head: string;
  draft: boolean;
  maintainerCanModify: boolean;
}

export async function openPull(world: World, repo: Repo, by: string, wanted: NewPull): Promise<PullRequest> {
  const repository = gitOf(world, repo);
  const baseSha = await repository.branch(wanted.base);
  if (!baseSha) throw invalid("PullRequest", "base");
  const headSha = await gitOf(world, wanted.headRepo).branch(wanted.head);
  if (!headSha) throw invalid("PullRequest", "head");
  const headName = fullName(wanted.headRepo);
  const twin = pullsOf(world, repo).find(
    (pr) =>
      pr.state === "open" &&
      pr.pull.head_repo === headName &&
      pr.pull.head === wanted.head &&
      pr.pull.base === wanted.base,
  );
  const custom = (message: string) =>
    new ApiError(422, "Validation Failed", [{ resource: "PullRequest", code: "custom", message }]);
  if (twin) throw custom(`A pull request already exists for ${wanted.headRepo.owner}:${wanted.head}.`);
  if (headSha === baseSha) throw custom(`No commits between ${wanted.base} and ${wanted.head}`);
  const issue = makeIssue(world, repo, by, wanted.title, wanted.body);
  const pr: PullRequest = {
    ...issue,
    pull: {
      base: wanted.base,
      base_sha: baseSha,
      head: wanted.head,
      head_repo: headName,
      head_sha: headSha,
      pushes: [{ sha: headSha, id: issue.id, at: issue.created_at }],
      draft: wanted.draft,
      merged_at: null,
      merged_by: null,
      merge_commit_sha: null,
      requested_reviewers: [],
      requested_teams: [],
      maintainer_can_modify: wanted.maintainerCanModify,
    },
  };
  await keepHead(world, pr, headSha);
  world.store.issues.put(pr);
  await announceIssue(world, pr, by, "opened");
  return pr;
}

export async function setDraft(world: World, pr: PullRequest, by: string, draft: boolean): Promise<void> {
  if (pr.pull.draft === draft) return;
  pr.pull.draft = draft;
  save(world, pr);
  record(world, pr, by, draft ? "convert_to_draft" : "ready_for_review");
  await announceIssue(world, pr, by, draft ? "converted_to_draft" : "ready_for_review");
}

export async function setBase(world: World, pr: PullRequest, by: string, base: string): Promise<void> {
  if (base === pr.pull.base) return;
  const sha = await gitOf(world, repoOf(world, pr)).branch(base);
  if (!sha) throw invalid("PullRequest", "base");
  const changes = { base: { ref: { from: pr.pull.base }, sha: { from: pr.pull.base_sha } } };
  record(world, pr, by, "base_ref_changed");
  pr.pull.base = base;
  pr.pull.base_sha = sha;
  save(world, pr);
  await announceIssue(world, pr, by, "edited", { changes });
}

export interface Reviewers {
  logins: string[];
  teams: string[];
}

/** All or none: one who is no collaborator makes GitHub refuse the request. */
export async function requestReviewers(
  world: World,
  pr: PullRequest,
  by: string,
  wanted: Reviewers,
): Promise<void> {
  const repo = repoOf(world, pr);
  const strangers = wanted.logins.filter((login) => !assignable(world, repo, login));
  const unknown = wanted.teams.filter(
    (slug) => !findTeam(world, repo.owner, slug)?.repos[fullName(repo).toLowerCase()],
  );
  if (strangers.length > 0 || unknown.length > 0)
    throw unprocessable(
      "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the " +
        `${fullName(repo)} repository.`,
    );
  if (wanted.logins.some((login) => login.toLowerCase() === pr.user.toLowerCase()))
    throw unprocessable("Review cannot be requested from pull request author.");
  for (const name of wanted.logins) {
    const { login } = accountOrGhost(world, name);
    if (pr.pull.requested_reviewers.includes(login)) continue;
    pr.pull.requested_reviewers.push(login);
    save(world, pr);
    const reviewer = user(world, login);
    record(world, pr, by, "review_requested", {
      review_requester: user(world, by),
      requested_reviewer: reviewer,
    });
    await announceIssue(world, pr, by, "review_requested", { requested_reviewer: reviewer });
  }
  for (const slug of wanted.teams) {
    const found = findTeam(world, repo.owner, slug);
    if (!found || pr.pull.requested_teams.includes(found.slug)) continue;
    pr.pull.requested_teams.push(found.slug);
    save(world, pr);
    const team = presentTeam(world, found);
    record(world, pr, by, "review_requested", { review_requester: user(world, by), requested_team: team });
    await announceIssue(world, pr, by, "review_requested", { requested_team: team });
  }
}

export async function unrequestReviewers(
  world: World,
  pr: PullRequest,
  by: string,
  unwanted: Reviewers,
): Promise<void> {
  const gone = new Set(unwanted.logins.map((login) => login.toLowerCase()));
  for (const login of pr.pull.requested_reviewers.filter((asked) => gone.has(asked.toLowerCase()))) {
    pr.pull.requested_reviewers = pr.pull.requested_reviewers.filter((asked) => asked !== login);
    save(world, pr);
    const reviewer = user(world, login);
    record(world, pr, by, "review_request_removed", {
      review_requester: user(world, by),
      requested_reviewer: reviewer,
    });
    await announceIssue(world, pr, by, "review_request_removed", { requested_reviewer: reviewer });
  }
  pr.pull.requested_teams = pr.pull.requested_teams.filter((slug) => !unwanted.teams.includes(slug));
  save(world, pr);
}

/** Merges the base into the head branch, as the button "Update branch" does. */
export async function updateBranch(
  world: World,
  pr: PullRequest,
  by: string,
  expected?: string,
): Promise<void> {
  if (expected && expected !== pr.pull.head_sha)
    throw unprocessable("expected head sha didn’t match current head ref.");
  const trial = await trialMerge(world, pr);
  if (trial.commit === null) throw unprocessable("merge conflict between base and head");
  const head = pr.pull.head_repo ? repoNamed(world, pr.pull.head_repo) : undefined;
  if (!head) throw unprocessable("The head repository is gone.");
  const repo = repoOf(world, pr);
  const repository = gitOf(world, repo);
  const signature = signatureOf(world, by);
  const merged = await repository.commitTree({
    tree: (await repository.commit(trial.commit)).tree,
    parents: [pr.pull.head_sha, trial.of.split(" ")[0] as string],
    message: `Merge branch '${pr.pull.base}' into ${pr.pull.head}`,
    author: signature,
    committer: signature,
  });
  if (head.id !== repo.id) {
    await repository.updateRef("refs/cutwater/update", merged);
    await gitOf(world, head).run(["fetch", "--quiet", repository.directory, merged]);
    await repository.deleteRef("refs/cutwater/update");
  }
  await moveRef(world, head, by, `refs/heads/${pr.pull.head}`, merged);
}
