// Webhook payloads as GitHub sends them, cut down to what matters here.

export const repository = {
  name: "tool",
  full_name: "acme/tool",
  owner: { login: "acme", id: 1, type: "Organization" },
  html_url: "https://github.com/acme/tool",
  default_branch: "main",
  private: false,
  archived: false,
};

export const pullRequest = {
  number: 7,
  title: "Fix it",
  body: "/hold\nplease",
  state: "open",
  user: { login: "alice", id: 2, type: "User" },
  labels: [{ name: "lgtm", color: "00ff00", description: null }],
  assignees: [],
  milestone: null,
  html_url: "https://github.com/acme/tool/pull/7",
  created_at: "2025-01-01T00:00:00Z",
  updated_at: "2025-01-01T00:00:00Z",
  draft: false,
  merged: false,
  mergeable: null,
  merge_commit_sha: null,
  base: { ref: "main", sha: "b".repeat(40), repo: repository },
  head: { ref: "fix", sha: "a".repeat(40), repo: null },
  requested_reviewers: [],
  requested_teams: [],
};

export const issue = { ...pullRequest, pull_request: { url: "https://api.github.com/x" } };

export const comment = {
  id: 99,
  body: "/lgtm",
  user: { login: "bob", id: 3, type: "User" },
  html_url: "https://github.com/acme/tool/pull/7#issuecomment-99",
  created_at: "2025-01-01T00:00:00Z",
  updated_at: "2025-01-01T00:00:00Z",
};

const sender = { login: "bob", id: 3, type: "User" };

/** A delivery's body: `fields` beside repository and sender. */
export const body = (fields: object): string => JSON.stringify({ repository, sender, ...fields });
