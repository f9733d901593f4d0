// Merging a pull request: the checks GitHub makes, then a real merge, squash or rebase.
import { atLeast, roleOf } from "../access.ts";
import { ApiError } from "../api-error.ts";
import { commitsOf, trialMerge } from "../git/pull-data.ts";
import type { GitRepository, Signature } from "../git/repository.ts";
import { rebase } from "../git/write.ts";
import { emailOf } from "../present/commit.ts";
import { protectionGaps, protectionOf } from "../present/mergeable-state.ts";
import { mergeSettings } from "../present/repository.ts";
import type { Repo } from "../records.ts";
import { accountOrGhost, gitOf, type PullRequest, repoOf, stamp, type World } from "../world.ts";
import { announceIssue } from "./announce.ts";
import { moveRef, setMerged } from "./refs.ts";

export interface MergeRequest {
  /** The head must still be this. */
  sha?: string | undefined;
  method: string;
  title?: string | undefined;
  message?: string | undefined;
}

const GITHUB = { name: "GitHub", email: "noreply@github.com" };

export const signatureOf = (world: World, login: string): Signature => {
  const found = accountOrGhost(world, login);
  return { name: found.name ?? found.login, email: emailOf(world, login), date: stamp(world) };
};

/** The SHA of the merge commit. Refuses with 405 or 409 as GitHub does. */
export function mergePull(world: World, pr: PullRequest, by: string, request: MergeRequest): Promise<string> {
  const repo = repoOf(world, pr);
  const repository = gitOf(world, repo);
  return repository.exclusive(async () => {
    check(world, repo, pr, by, request);
    const trial = await trialMerge(world, pr);
    if (trial.commit === null) throw new ApiError(405, "Pull Request is not mergeable");
    const base = trial.of.split(" ")[0] as string;
    const made = await makeCommit(world, repository, pr, by, { ...request, base, tested: trial.commit });
    if (!made) throw new ApiError(405, "This branch can't be rebased");
    pr.pull.base_sha = base;
    // Merged before the push is followed: that must not take it for merged by hand.
    setMerged(world, pr, by, made);
    await moveRef(world, repo, by, `refs/heads/${pr.pull.base}`, made);
    await announceIssue(world, pr, by, "closed");
    return made;
  });
}

function check(world: World, repo: Repo, pr: PullRequest, by: string, request: MergeRequest): void {
  const settings = mergeSettings(repo);
  if (pr.state === "closed") throw new ApiError(405, "Pull Request is not mergeable");
  if (pr.pull.draft) throw new ApiError(405, "Pull Request is still a draft");
  if (request.sha && request.sha !== pr.pull.head_sha)
    throw new ApiError(409, "Head branch was modified. Review and try the merge again.");
  const allowed: Record<string, [boolean, string]> = {
    merge: [settings.allow_merge_commit, "Merge commits are not allowed on this repository."],
    squash: [settings.allow_squash_merge, "Squash merges are not allowed on this repository."],
    rebase: [settings.allow_rebase_merge, "Rebase merges are not allowed on this repository."],
  };
  const [may, refusal] = allowed[request.method] ?? [false, "Invalid merge method."];
  if (!may) throw new ApiError(405, refusal);
  const bypasses = atLeast(roleOf(world, repo, by), "admin") && !protectionOf(world, pr)?.enforce_admins;
  const gaps = bypasses ? [] : protectionGaps(world, pr);
  if (gaps.length > 0) throw new ApiError(405, gaps.join(" "));
}

interface Plan extends MergeRequest {
  base: string;
  /** The commit of the test merge: its tree is what squash and merge make. */
  tested: string;
}

async function makeCommit(
  world: World,
  repository: GitRepository,
  pr: PullRequest,
  by: string,
  plan: Plan,
): Promise<string | undefined> {
  const committer = { ...GITHUB, date: stamp(world) };
  const commits = await commitsOf(world, pr);
  if (plan.method === "rebase")
    return rebase(repository, { onto: plan.base, commits, committer: signatureOf(world, by) });
  const { tree } = await repository.commit(plan.tested);
  if (plan.method === "squash") {
    const text = await squashText(repository, pr, commits, plan);
    const author = signatureOf(world, pr.user);
    return repository.commitTree({ tree, parents: [plan.base], message: text, author, committer });
  }
  const owner = (pr.pull.head_repo ?? pr.user).split("/")[0];
  const title = plan.title || `Merge pull request #${pr.number} from ${owner}/${pr.pull.head}`;
  const message = withBody(title, plan.message ?? pr.title);
  const author = signatureOf(world, by);
  return repository.commitTree({ tree, parents: [plan.base, pr.pull.head_sha], message, author, committer });
}

const withBody = (title: string, body: string): string => (body ? `${title}\n\n${body}` : title);

/** One commit keeps its own message; several are listed under the pull request's title. */
async function squashText(
  repository: GitRepository,
  pr: PullRequest,
  commits: string[],
  plan: Plan,
): Promise<string> {
  const messages = [];
  for (const sha of commits) messages.push((await repository.commit(sha)).message);
  const [first = "", ...rest] = (messages[0] ?? "").split("\n");
  const single = messages.length === 1;
  const title = plan.title || `${single ? first : pr.title} (#${pr.number})`;
  const body = single ? rest.join("\n").trim() : messages.map((message) => `* ${message}`).join("\n\n");
  return withBody(title, plan.message ?? body);
}
