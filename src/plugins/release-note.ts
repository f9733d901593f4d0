// Asks for a release note in the description of each pull request.
import { section } from "../config/plugins-config.ts";
import { object, string } from "../lib/schema.ts";
import type { Plugin } from "./plugin.ts";
import { onComment } from "./release-note/commands.ts";
import { onPullRequest } from "./release-note/pull-request.ts";

const GUIDELINES = "https://git.k8s.io/community/contributors/guide/release-notes.md";

const releaseNoteSection = section(
  "release_note",
  object({ guidelines_url: string("How to write one; default: the guide of the Kubernetes community.") }),
  { complete: (written = {}) => ({ guidelines_url: written.guidelines_url || GUIDELINES }) },
);

export const releaseNote: Plugin = {
  name: "release-note",
  on: ["comment", "pull_request"],
  sections: [releaseNoteSection],
  description: `The releasenote plugin implements a release note process that uses a markdown 'release-note' code block to associate a release note with a pull request. Until the 'release-note' block in the pull request body is populated the PR will be assigned the 'do-not-merge/release-note-label-needed' label.
<br>There are three valid types of release notes that can replace this label:
<ol><li>PRs with a normal release note in the 'release-note' block are given the label 'release-note'.</li>
<li>PRs that have a release note of 'none' in the block are given the label 'release-note-none' to indicate that the PR does not warrant a release note.</li>
<li>PRs that contain 'action required' in their 'release-note' block are given the label 'release-note-action-required' to indicate that the PR introduces potentially breaking changes that necessitate user action before upgrading to the release.</li></ol>
To use the plugin, in the pull request body text:

\`\`\`release-note
<release note content>
\`\`\``,
  commands: (plugins) => [
    {
      usage: "/release-note-none",
      description: `Adds the 'release-note-none' label to indicate that the PR does not warrant a release note. This is deprecated and ideally <a href="${plugins.get(releaseNoteSection).guidelines_url}">the release note process</a> should be followed in the PR body instead.`,
      featured: false,
      whoCanUse: "PR Authors and Org Members.",
      examples: ["/release-note-none"],
    },
    {
      usage: "/release-note-edit",
      description: "Replaces the release note block in the top level comment with the provided one.",
      featured: false,
      whoCanUse: "Org Members.",
      examples: ["/release-note-edit\r\n```release-note\r\nThe new release note\r\n```"],
    },
  ],
  async handle(event, context) {
    if (event.kind === "comment") return onComment(event, context);
    if (event.kind !== "pull_request") return [];
    return onPullRequest(event, context.plugins.get(releaseNoteSection).guidelines_url, context);
  },
};
