// /woof: shows a dog.
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { boundedWeb, firstOf, type Web } from "./bounded-web.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const WOOF = command("(?mi)^/(woof|bark)\\s*$");
const SERVICE = "https://random.dog/woof.json";
const FINE_PICTURES = "https://storage.googleapis.com/this-is-fine-images/";
/** The first that a comment says counts. */
const FINE = [
  [command("(?mi)^/this-is-fine\\s*$"), "this_is_fine.png"],
  [command("(?mi)^/this-is-not-fine\\s*$"), "this_is_not_fine.png"],
  [command("(?mi)^/this-is-unbearable\\s*$"), "this_is_unbearable.jpg"],
] as const;
/** The service has videos too, which GitHub does not show. */
const PICTURE = /\.(jpg|gif|png)$/i;
const ATTEMPTS = 5;

export const dog: Plugin = {
  name: "dog",
  on: ["comment"],
  description: "The dog plugin adds a dog image to an issue or PR in response to the `/woof` command.",
  commands: [
    {
      usage: "/(woof|bark|this-is-{fine|not-fine|unbearable})",
      description: "Add a dog image to the issue or PR",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/woof", "/bark", "/this-is-{fine|not-fine|unbearable}"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const known = FINE.find(([pattern]) => pattern.test(event.body))?.[1];
    const any = WOOF.test(event.body);
    if (!any && known === undefined) return [];
    const web = boundedWeb(context);
    const picture = await firstOf(
      ATTEMPTS,
      () => (any ? anyDog(web) : web.picture(FINE_PICTURES + known)),
      (error) => context.log.error({ error }, "Failed to get dog img"),
    );
    if (picture === undefined) return [];
    return [replyTo(commentIssue(event), quoted(event), `[![dog image](${picture})](${picture})`)];
  },
};

async function anyDog(web: Web): Promise<string> {
  const { url } = await web.json(SERVICE);
  if (typeof url !== "string" || !PICTURE.test(url))
    throw new Error(`unsupported doggo :( unknown filetype: ${JSON.stringify(url)}`);
  return web.picture(url);
}
