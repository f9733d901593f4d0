// /meow: shows a cat.
import { section } from "../config/plugins-config.ts";
import { regex } from "../lib/re2.ts";
import { object, string } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { apiKey } from "./api-key.ts";
import { boundedWeb, firstOf, type Web } from "./bounded-web.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const MEOW = command("(?mi)^/meow(vie)?(?: (.+))?\\s*$");
const GRUMPY = regex("(?mi)^(no|grumpy)\\s*$");
const GRUMPY_CAT = "https://upload.wikimedia.org/wikipedia/commons/e/ee/Grumpy_Cat_by_Gage_Skidmore.jpg";
const SERVICE = "https://api.thecatapi.com/v1/images/search?format=json&results_per_page=1";
const ATTEMPTS = 3;

const catSection = section(
  "cat",
  object({ key_path: string("Path of a file with an API key for thecatapi.com.") }),
);

export const cat: Plugin = {
  name: "cat",
  on: ["comment"],
  sections: [catSection],
  description: "The cat plugin adds a cat image to an issue or PR in response to the `/meow` command.",
  commands: [
    {
      usage: "/meow(vie) [CATegory]",
      description: "Add a cat image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/meow", "/meow caturday", "/meowvie clothes"],
    },
  ],
  explainAll: (plugins) =>
    `The cat plugin uses an api key for thecatapi.com stored in ${plugins.get(catSection)?.key_path ?? ""}.`,
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const [found] = MEOW.all(event.body);
    if (!found) return [];
    const category = found[2]!.trim();
    const key = await apiKey(context.plugins.get(catSection)?.key_path, context);
    const query = new URLSearchParams({
      ...(category && { category }),
      ...(key && { api_key: key }),
      ...(found[1] && { mime_types: "gif" }),
    });
    const url = query.size > 0 ? `${SERVICE}&${query}` : SERVICE;
    const web = boundedWeb(context);
    const picture = await firstOf(
      ATTEMPTS,
      () => (GRUMPY.test(category) ? web.picture(GRUMPY_CAT) : anyCat(web, url)),
      (error) => context.log.error({ error }, "Failed to get cat img"),
    );
    const excuse = category
      ? "Bad category. Please see https://api.thecatapi.com/api/categories/list"
      : "https://thecatapi.com appears to be down";
    const message = picture === undefined ? excuse : `![cat image](${picture})`;
    return [replyTo(commentIssue(event), quoted(event), message)];
  },
};

const anyCat = async (web: Web, url: string): Promise<string> => web.picture((await web.json(url))["url"]);
