// A GitHub App's installation token for one repository, with nothing but Node: clonerefs must start fast.
import type { Clock } from "../lib/clock.ts";
import { githubAppJWT } from "../lib/github-app-jwt.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";

interface AppKey {
  appId: string;
  /** PEM. */
  privateKey: string;
  /** API base URLs, tried in order when one does not answer. */
  endpoints: string[];
}

/** Throws when no endpoint answers, or the App is not installed for the repository. */
export async function installationToken(
  key: AppKey,
  { org, repo }: { org: string; repo: string },
  clock: Clock,
): Promise<string> {
  const jwt = githubAppJWT(key.appId, key.privateKey, clock.now());
  const paths = [
    `/repos/${org}/${repo}/installation`,
    `/orgs/${org}/installation`,
    `/users/${org}/installation`,
  ];
  for (const path of paths) {
    const found = await ask(key.endpoints, path, jwt);
    if (found.status === 404) continue;
    const { id } = (await accepted(found, path)) as { id: number };
    const tokens = `/app/installations/${id}/access_tokens`;
    // Of all repositories of the installation, the pod needs to read this one.
    const body = JSON.stringify({ repositories: [repo], permissions: { contents: "read" } });
    return ((await accepted(await ask(key.endpoints, tokens, jwt, body), tokens)) as { token: string }).token;
  }
  throw new Error(`GitHub App ${key.appId} is not installed for ${org}/${repo}: install it there`);
}

async function ask(endpoints: string[], path: string, jwt: string, body?: string): Promise<Response> {
  let failure: unknown = new Error("no GitHub API endpoints for GitHub App authentication");
  for (const endpoint of endpoints) {
    try {
      return await fetch(`${withoutEndSlashes(endpoint)}${path}`, {
        method: body ? "POST" : "GET",
        redirect: "error",
        headers: {
          authorization: `Bearer ${jwt}`,
          accept: "application/vnd.github+json",
          ...(body && { "content-type": "application/json" }),
        },
        body,
      });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function accepted(response: Response, path: string): Promise<unknown> {
  if (response.ok) return await response.json();
  throw new Error(`GitHub answered ${response.status} to ${path}: ${(await response.text()).slice(0, 200)}`);
}
