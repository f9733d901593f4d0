// What GitHub would be asked, answered from a recorded payload as far as that goes; anything else says what is missing.
import type { GitHubRead } from "../github/port.ts";
import type { CommentEvent, Event } from "../model/event.ts";
import type { IssueRef, Label, PullRequest } from "../model/github.ts";

/** Asked for something that the payload does not tell. */
export class UntoldError extends Error {
  override name = "UntoldError";
}

export function payloadReads(events: readonly Event[], bot: string): GitHubRead {
  const pulls = events.flatMap((event) => {
    if ("pr" in event) return [event.pr];
    return event.kind === "comment" && event.isPR ? [pullOf(event)] : [];
  });
  const labels = new Map<number, Label[]>(
    events.flatMap((event): [number, Label[]][] => {
      if (event.kind === "comment") return [[event.number, event.issue.labels ?? []]];
      if (event.kind === "issue") return [[event.number, event.labels]];
      return "pr" in event ? [[event.pr.number, event.pr.labels]] : [];
    }),
  );
  const answers: Partial<GitHubRead> = {
    botLogin: async () => bot,
    pullRequest: async ({ number }) =>
      pulls.find((pr) => pr.number === number) ?? untold("pullRequest", number),
    issueLabels: async ({ number }: IssueRef) => labels.get(number) ?? untold("issueLabels", number),
  };
  return new Proxy({} as GitHubRead, {
    get: (_target, name) =>
      answers[name as keyof GitHubRead] ?? (async (...asked: unknown[]) => untold(String(name), ...asked)),
  });
}

/** As much of it as a comment's payload has; to look for the rest is to ask GitHub. */
function pullOf({ number, issue }: CommentEvent): PullRequest {
  const { title, body, state, author, assignees, htmlUrl, labels = [] } = issue;
  const known = { number, title, body, state, user: author, assignees, html_url: htmlUrl, labels };
  return new Proxy(known as unknown as PullRequest, {
    get(target, name, receiver) {
      // Whoever awaits it looks for `then`.
      if (name in target || typeof name === "symbol" || name === "then")
        return Reflect.get(target, name, receiver);
      return untold(`pullRequest.${name}`, number);
    },
  });
}

function untold(name: string, ...asked: unknown[]): never {
  const what = asked.map((one) => JSON.stringify(one)).join(", ");
  throw new UntoldError(
    `it asks GitHub for ${name}(${what}), which is not in the payload: give --github-token-path or --github-app-id, and it is read (never written)`,
  );
}
