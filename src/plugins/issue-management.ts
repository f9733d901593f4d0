// /link-issue, /pin-issue, /transfer-issue and their like: an issue's place.
import type { PluginDeclaration } from "./plugin.ts";

export const issueManagement: PluginDeclaration = {
  name: "issue-management",
  on: ["comment"],
  description: "The issue management plugin provides commands for managing issues in a repository.",
  commands: [
    {
      usage: "/link-issue <issue(s)>",
      description: "Links issue(s) to a PR in the same or different repo.",
      featured: false,
      whoCanUse: "Org members",
      examples: ["/link-issue 1234", "/link-issue org/repo#789"],
    },
    {
      usage: "/unlink-issue <issue(s)>",
      description: "Unlinks issue(s) from a PR in the same or different repo.",
      featured: false,
      whoCanUse: "Org members",
      examples: ["/unlink-issue 1234", "/unlink-issue org/repo#789"],
    },
    {
      usage: "/pin-issue",
      description: "Pins an issue to the repository",
      featured: false,
      whoCanUse: "Approvers from the top-level OWNERS file",
      examples: ["/pin-issue"],
    },
    {
      usage: "/unpin-issue",
      description: "Unpins an issue from the repository",
      featured: false,
      whoCanUse: "Approvers from the top-level OWNERS file",
      examples: ["/unpin-issue"],
    },
    {
      usage: "/transfer[-issue] <destination repo in same org>",
      description: "Transfers an issue to a different repo in the same org.",
      featured: true,
      whoCanUse: "Org members.",
      examples: ["/transfer-issue kubectl", "/transfer test-infra"],
    },
  ],
};
