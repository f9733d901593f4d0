// Somebody of the demo, acting on GitHub through its REST API with a token of their own.

export interface StatusView {
  context: string;
  state: string;
  description: string;
}

export interface PullView {
  number: number;
  html_url: string;
  state: string;
  merged: boolean;
  merge_commit_sha: string | null;
  head: { sha: string; ref: string };
  labels: { name: string }[];
}

export interface Person {
  readonly login: string;
  openPull(change: {
    title: string;
    branch: string;
    fromFork: boolean;
    path: string;
    edit(text: string): string;
  }): Promise<PullView>;
  /** Commits an edit of one file to the pull request's branch. */
  push(
    pull: PullView,
    change: { message: string; fromFork: boolean; path: string; edit(text: string): string },
  ): Promise<void>;
  comment(number: number, body: string): Promise<void>;
  pull(number: number): Promise<PullView>;
  comments(number: number): Promise<{ body: string; user: { login: string } }[]>;
  statuses(sha: string): Promise<StatusView[]>;
}

export interface GitHubAddress {
  url: string;
  org: string;
  repo: string;
}

/** Errors name the request and GitHub's message. */
export function person(login: string, token: string, { url, org, repo }: GitHubAddress): Person {
  const request = requester(url, token);
  const here = `/repos/${org}/${repo}`;

  async function commit(
    owner: string,
    branch: string,
    path: string,
    message: string,
    edit: (text: string) => string,
  ) {
    const file = await request<{ sha: string; content: string }>(
      "GET",
      `/repos/${owner}/${repo}/contents/${path}?ref=${branch}`,
    );
    const text = edit(Buffer.from(file.content, "base64").toString("utf8"));
    const content = Buffer.from(text).toString("base64");
    await request("PUT", `/repos/${owner}/${repo}/contents/${path}`, {
      message,
      content,
      branch,
      sha: file.sha,
    });
  }

  return {
    login,
    async openPull({ title, branch, fromFork, path, edit }) {
      const owner = fromFork ? login : org;
      if (fromFork) await request("POST", `${here}/forks`, {});
      const base = await request<{ object: { sha: string } }>("GET", `${here}/git/ref/heads/main`);
      await request("POST", `/repos/${owner}/${repo}/git/refs`, {
        ref: `refs/heads/${branch}`,
        sha: base.object.sha,
      });
      await commit(owner, branch, path, title, edit);
      const head = fromFork ? `${login}:${branch}` : branch;
      return request<PullView>("POST", `${here}/pulls`, { title, head, base: "main", body: "" });
    },
    push: (pull, { message, fromFork, path, edit }) =>
      commit(fromFork ? login : org, pull.head.ref, path, message, edit),
    async comment(number, body) {
      await request("POST", `${here}/issues/${number}/comments`, { body });
    },
    pull: (number) => request<PullView>("GET", `${here}/pulls/${number}`),
    comments: (number) => request("GET", `${here}/issues/${number}/comments?per_page=100`),
    async statuses(sha) {
      const { statuses } = await request<{ statuses: StatusView[] }>(
        "GET",
        `${here}/commits/${sha}/status?per_page=100`,
      );
      return statuses;
    },
  };
}

function requester(url: string, token: string) {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
}
