// /honk: shows a goose.
import { section } from "../config/plugins-config.ts";
import { isRecord, object, string } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { apiKey } from "./api-key.ts";
import { boundedWeb, firstOf, type Web } from "./bounded-web.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const HONK = command("(?mi)^/(honk)\\s*$");
const SERVICE = "https://api.unsplash.com/photos/random?query=goose";
const ATTEMPTS = 3;

const gooseSection = section(
  "goose",
  object({ key_path: string("Path of a file with an API key for unsplash.com.") }),
);

export const goose: Plugin = {
  name: "goose",
  on: ["comment"],
  sections: [gooseSection],
  description: "The goose plugin adds a goose image to an issue or PR in response to the `/honk` command.",
  commands: [
    {
      usage: "/honk",
      description: "Add a goose image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/honk"],
    },
  ],
  explainAll: (plugins) =>
    `The goose plugin uses an api key for unsplash.com stored in ${plugins.get(gooseSection)?.key_path ?? ""}.`,
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created" || !HONK.test(event.body)) return [];
    const key = await apiKey(context.plugins.get(gooseSection)?.key_path, context);
    const url = key ? `${SERVICE}&${new URLSearchParams({ client_id: key })}` : SERVICE;
    const web = boundedWeb(context);
    const picture = await firstOf(
      ATTEMPTS,
      () => anyGoose(web, url),
      (error) => context.log.error({ error }, "Failed to get goose img"),
    );
    const message =
      picture === undefined
        ? "Unable to find goose. Have you checked the garden?"
        : `\n![goose image](${picture})`;
    return [replyTo(commentIssue(event), quoted(event), message)];
  },
};

async function anyGoose(web: Web, url: string): Promise<string> {
  const { urls } = await web.json(url);
  return web.picture(isRecord(urls) ? urls["small"] : undefined);
}
