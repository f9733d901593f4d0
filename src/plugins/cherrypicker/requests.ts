// Who has asked for which cherry-picks of a pull request before it was merged: its text, its comments, its labels.
import type { IssueComment, Label, PullRequest } from "../../model/github.ts";
import type { Quoted } from "../../model/reply.ts";
import { askedBranches } from "./texts.ts";

export interface PickRequest {
  requester: string;
  branch: string;
  chain: string[];
  /** The comment; undefined when a label asks. */
  quoted?: Quoted;
}

/**
 * In the order in which people came, each branch once a person: their last comment about it counts, a label more than
 * a comment of the author's. What follows a branch is what was said last of it, by anyone.
 */
export function earlierRequests(
  pr: PullRequest,
  comments: readonly IssueComment[],
  labels: readonly Label[],
  labelPrefix: string,
): PickRequest[] {
  const requests = new Map<string, PickRequest>();
  const chains = new Map<string, string[]>();
  const add = (request: Omit<PickRequest, "chain">) =>
    requests.set(JSON.stringify([request.requester, request.branch]), { ...request, chain: [] });
  const texts = [{ body: pr.body ?? "", user: pr.user, html_url: "" }, ...comments];
  for (const { body, html_url: url, user } of texts) {
    for (const [branch, chain] of askedBranches(body)) {
      add({ requester: user.login, branch, quoted: { login: user.login, body, url } });
      if (chain.length > 0) chains.set(branch, chain);
    }
  }
  for (const branch of labelledBranches(labels, labelPrefix)) add({ requester: pr.user.login, branch });
  return [...requests.values()].map((request) => ({ ...request, chain: chains.get(request.branch) ?? [] }));
}

const labelledBranches = (labels: readonly Label[], prefix: string): string[] =>
  labels.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
