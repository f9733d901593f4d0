// Greets whoever opens a first pull request.
import { concatenate, section } from "../config/plugins-config.ts";
import { boolean, list, object, string } from "../lib/schema.ts";
import { checkNamedOnce, forRepo, reposField } from "./for-repo.ts";
import type { PluginDeclaration } from "./plugin.ts";

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

export const welcome: PluginDeclaration = {
  name: "welcome",
  on: ["pull_request"],
  sections: [welcomeSection],
  description: "The welcome plugin greets incoming PRs with a welcoming message.",
  commands: [],
  explain(plugins, repo) {
    const message = forRepo(plugins.get(welcomeSection), repo)?.message_template || MESSAGE;
    return `The welcome plugin is configured to post using following welcome template: ${message}.`;
  },
};
