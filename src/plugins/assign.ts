// /assign and /cc: puts people on an issue or pull request, or takes them off.
import { trimOf } from "../lib/trim-of.ts";
import { type CommandPattern, command } from "../model/commands.ts";
import type { Effect } from "../model/effect.ts";
import type { CommentEvent } from "../model/event.ts";
import { formatReply } from "../model/reply.ts";
import { CC } from "./cc-command.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const ASSIGN = command("(?mi)^/(un)?assign(( @?[-\\w]+?)*)\\s*$");

export const assign: Plugin = {
  name: "assign",
  on: ["comment"],
  description:
    "The assign plugin assigns or requests reviews from users/teams. Specific users can be assigned with the command '/assign @user1' or have reviews requested of them with the command '/cc @user1'. If no users are specified, the commands default to targeting the user who created the command. Assignments and requested reviews can be removed in the same way that they are added by prefixing the commands with 'un'.",
  commands: [
    {
      usage: "/[un]assign [[@]<username>...|[@]<orgname/teamname>...]",
      description: "Assigns assignee(s) or team(s) to the PR",
      featured: true,
      whoCanUse:
        "Anyone can use the command, but the target user(s) must be an org member, a repo collaborator, or should have previously commented on the issue or PR.",
      examples: [
        "/assign",
        "/unassign",
        "/assign @spongebob",
        "/assign spongebob patrick",
        "/assign @kubernetes/sig-foo-bar",
      ],
    },
    {
      usage: "/[un]cc [[@]<username>...|[@]<orgname/teamname>...]",
      description: "Requests a review from the user(s) or team(s).",
      featured: true,
      whoCanUse:
        "Anyone can use the command, but the target user(s) must be a member of the org that owns the repository.",
      examples: ["/cc", "/uncc", "/cc @spongebob", "/cc spongebob patrick", "/cc @kubernetes/sig-foo-bar"],
    },
  ],
  async handle(event) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    return [...assignees(event), ...(event.isPR ? reviewers(event) : [])];
  },
};

function assignees(event: CommentEvent): Effect[] {
  const issue = commentIssue(event);
  const { add, remove } = mentioned(ASSIGN, event);
  const { org } = event.repo;
  const refusal = `GitHub didn't allow me to assign the following users: {logins}.\n\nNote that only [${org} members](https://github.com/orgs/${org}/people) with read permissions, repo collaborators and people who have commented on this issue/PR can be assigned. Additionally, issues/PRs can only have 10 assignees at the same time.\nFor more information please see [the contributor guide](https://git.k8s.io/community/contributors/guide/first-contribution.md#issue-assignment-in-github)`;
  const reply = formatReply(quoted(event), refusal);
  return [
    ...(remove.length > 0 ? [{ do: "unassign", issue, logins: remove } as const] : []),
    ...(add.length > 0 ? [{ do: "assign", issue, logins: add, reply } as const] : []),
  ];
}

function reviewers(event: CommentEvent): Effect[] {
  const issue = commentIssue(event);
  const { add, remove } = mentioned(CC, event);
  const { org } = event.repo;
  const refusal = `GitHub didn't allow me to request PR reviews from the following users: {logins}.\n\nNote that only [${org} members](https://github.com/orgs/${org}/people) and repo collaborators can review this PR, and authors cannot review their own PRs.`;
  const reply = formatReply(quoted(event), refusal);
  return [
    ...(remove.length > 0 ? [{ do: "unrequestReviews", issue, logins: remove } as const] : []),
    ...(add.length > 0 ? [{ do: "requestReviews", issue, logins: add, reply } as const] : []),
  ];
}

/** Nobody named means who wrote it; the last mention of a person counts. */
function mentioned(pattern: CommandPattern, event: CommentEvent): { add: string[]; remove: string[] } {
  const wanted = new Map<string, boolean>();
  for (const [, un = "", names = ""] of pattern.all(event.body)) {
    const logins = names === "" ? [event.author.login] : parseLogins(names);
    for (const login of logins) wanted.set(login, un !== "un");
  }
  const all = [...wanted];
  return {
    add: all.filter(([, add]) => add).map(([login]) => login),
    remove: all.filter(([, add]) => !add).map(([login]) => login),
  };
}

const parseLogins = (text: string): string[] =>
  text
    .split(" ")
    .map((part) => trimOf(part, "@ "))
    .filter((login) => login !== "");
