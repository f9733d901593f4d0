// Greets whoever opens a first pull request.
import { concatenate, section } from "../config/plugins-config.ts";
import { htmlFrom } from "../lib/go/html-template.ts";
import { TemplateError } from "../lib/go/template.ts";
import { GoStruct } from "../lib/go/value.ts";
import { boolean, list, object, string } from "../lib/schema.ts";
import type { PullRequestEvent } from "../model/event.ts";
import { repoName } from "../model/github.ts";
import { prRef } from "./event-issue.ts";
import { checkNamedOnce, forRepo, reposField } from "./for-repo.ts";
import type { Context, Plugin } from "./plugin.ts";
import { isTrustedUser, triggerFor } from "./trust.ts";

const MESSAGE = "Welcome @{{.AuthorLogin}}! It looks like this is your first PR to {{.Org}}/{{.Repo}} 🎉";

const welcomeSection = section(
  "welcome",
  list(
    object({
      repos: reposField,
      message_template: string("A Go template with .AuthorLogin, .AuthorName, .Org and .Repo."),
      always_post: boolean("Everybody is greeted, every time."),
    }),
  ),
  {
    check: (entries, judge) => checkNamedOnce(entries, "welcome", judge),
    merge: concatenate,
  },
);

export const welcome: Plugin = {
  name: "welcome",
  on: ["pull_request"],
  sections: [welcomeSection],
  description: "The welcome plugin greets incoming PRs with a welcoming message.",
  commands: [],
  explain(plugins, repo) {
    const message = forRepo(plugins.get(welcomeSection), repo)?.message_template || MESSAGE;
    return `The welcome plugin is configured to post using following welcome template: ${message}.`;
  },
  async handle(event, context) {
    if (event.kind !== "pull_request" || event.action !== "opened") return [];
    const { pr, repo } = event;
    // Nobody can search for what an App has opened.
    if (pr.user.type !== "User") return [];
    const options = forRepo(context.plugins.get(welcomeSection), repo);
    if (!options?.always_post && !(await isNew(event, context))) return [];
    const body = greeting(options?.message_template || MESSAGE, event);
    return [{ do: "createComment", issue: prRef(repo, pr), body, marker: body.trim() }];
  },
};

/** Neither trusted nor the author of another pull request. */
async function isNew({ pr, repo }: PullRequestEvent, context: Context): Promise<boolean> {
  const { login } = pr.user;
  if (await isTrustedUser(login, repo, triggerFor(context.plugins, repo), context)) return false;
  const { items, total } = await context.read.searchIssues(`is:pr repo:${repoName(repo)} author:${login}`);
  return total === 0 || (total === 1 && items[0]?.number === pr.number);
}

function greeting(template: string, { pr, repo }: PullRequestEvent): string {
  const data = new GoStruct([
    ["Org", repo.org],
    ["Repo", repo.repo],
    ["AuthorLogin", pr.user.login],
    ["AuthorName", pr.user.name ?? ""],
  ]);
  try {
    return htmlFrom(template, data);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new Error(
      `the message_template of welcome for ${repoName(repo)} in plugins.yaml cannot be used: ${error.message}`,
    );
  }
}
