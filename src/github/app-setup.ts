// Creates the GitHub App from app.yml in the browser (GitHub's manifest flow) and fetches what it needs to run.
import { errorText } from "../lib/error-text.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";
import { loadYAML } from "../lib/yaml/load.ts";
import * as decode from "../model/github-decode.ts";
import { GitHubError } from "./error.ts";

// Probot's ManifestCreation does the same, but reads its name, host and redirect from the process environment and
// writes .env by itself; these three functions are told everything and give back what they found.

export interface ManifestOptions {
  /** Where the browser comes back to with `?code=`. */
  redirectUrl: string;
  /** Where GitHub sends webhooks. */
  webhookUrl: string;
  /** App names are unique on GitHub. */
  name?: string;
}

/** The manifest as JSON text, the value of the form field `manifest`. `appYaml` is the text of app.yml. */
export function appManifest(appYaml: string, { redirectUrl, webhookUrl, name }: ManifestOptions): string {
  const template = decode.json(loadYAML(appYaml), "app.yml").fields;
  return JSON.stringify({
    ...template,
    ...(name && { name }),
    redirect_url: redirectUrl,
    hook_attributes: { url: webhookUrl, active: true },
  });
}

/** Where the form with the manifest is posted to. `state` comes back with the code and must be compared. */
export function createAppUrl(githubUrl: string, state: string, org?: string): string {
  const owner = org ? `/organizations/${encodeURIComponent(org)}` : "";
  return `${withoutEndSlashes(githubUrl)}${owner}/settings/apps/new?state=${encodeURIComponent(state)}`;
}

export interface CreatedApp {
  id: number;
  slug: string;
  pem: string;
  webhook_secret: string;
  /** Page of the App, where it is installed. */
  html_url: string;
}

/** Exchanges the code (valid for one hour, once) for the App's credentials. Throws GitHubError. */
export async function convertManifestCode(endpoint: string, code: string): Promise<CreatedApp> {
  const url = `${withoutEndSlashes(endpoint)}/app-manifests/${encodeURIComponent(code)}/conversions`;
  const failed = (status: number, why: string) =>
    new GitHubError(status, `the App could not be fetched from its manifest code: ${why}`);
  let answer: Response;
  try {
    answer = await fetch(url, { method: "POST", headers: { accept: "application/vnd.github+json" } });
  } catch (error) {
    throw failed(0, errorText(error));
  }
  if (!answer.ok) throw failed(answer.status, await answer.text());
  const app = decode.json(await answer.json());
  return {
    id: decode.whole(app, "id"),
    slug: decode.text(app, "slug", ""),
    pem: decode.text(app, "pem"),
    webhook_secret: decode.text(app, "webhook_secret", ""),
    html_url: decode.text(app, "html_url", ""),
  };
}
