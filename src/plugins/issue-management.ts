// /link-issue, /pin-issue, /transfer-issue and their like: an issue's place.
import { command } from "../model/commands.ts";
import { linkIssues } from "./issue-management/link.ts";
import { pinIssue } from "./issue-management/pin.ts";
import { transferIssue } from "./issue-management/transfer.ts";
import type { Plugin } from "./plugin.ts";

const LINK = command("(?mi)^/link-issue\\s+(.+)$");
const UNLINK = command("(?mi)^/unlink-issue\\s+(.+)$");
const PIN = command("(?mi)^/pin-issue\\s*$");
const UNPIN = command("(?mi)^/unpin-issue\\s*$");
const TRANSFER = command("(?mi)^/transfer(?:-issue)?(?: +(.*))?$");

export const issueManagement: Plugin = {
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
  /** One kind of command a comment, in this order. */
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const named = (pattern: typeof LINK) => pattern.all(event.body).flatMap(([, refs = ""]) => words(refs));
    const link = named(LINK);
    const unlink = named(UNLINK);
    if (link.length + unlink.length > 0) return linkIssues(event, link, unlink, context);
    if (PIN.test(event.body)) return pinIssue(event, true, context);
    if (UNPIN.test(event.body)) return pinIssue(event, false, context);
    const destinations = TRANSFER.all(event.body).map(([, name = ""]) => name);
    return destinations.length > 0 ? transferIssue(event, destinations, context) : [];
  },
};

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");
