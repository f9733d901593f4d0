// /pony: shows a pony.
import { isRecord } from "../lib/schema.ts";
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { boundedWeb, firstOf, linkURL, type Web } from "./bounded-web.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const PONY = command("(?mi)^/(?:pony)(?: +(.+?))?\\s*$");
const SERVICE = "https://theponyapi.com/api/v1/pony/random";
const MOST_PONIES = 5;
const ATTEMPTS = 5;

export const pony: Plugin = {
  name: "pony",
  on: ["comment"],
  description: "The pony plugin adds a pony image to an issue or PR in response to the `/pony` command.",
  commands: [
    {
      usage: "/(pony) [pony]",
      description:
        "Add a little pony image to the issue or PR. A particular pony can optionally be named for a picture of that specific pony.",
      featured: false,
      whoCanUse: "Anyone",
      examples: ["/pony", "/pony Twilight Sparkle"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created") return [];
    const tags = PONY.all(event.body)
      .slice(0, MOST_PONIES)
      .map((found) => found[1]!);
    if (tags.length === 0) return [];
    const web = boundedWeb(context);
    const found: string[] = [];
    for (const tag of tags) {
      const pony = await firstOf(
        ATTEMPTS,
        () => anyPony(web, tag),
        (error) => context.log.error({ error }, "Failed to get a pony"),
      );
      if (pony !== undefined) found.push(`${pony}\n`);
    }
    const excuse = tags.some((tag) => tag !== "")
      ? "Couldn't find a pony matching given tag(s)."
      : "https://theponyapi.com appears to be down";
    return [replyTo(commentIssue(event), quoted(event), found.join("") || excuse)];
  },
};

async function anyPony(web: Web, tag: string): Promise<string> {
  const { pony } = await web.json(`${SERVICE}?${new URLSearchParams({ q: tag })}`);
  const pictures = isRecord(pony) ? pony["representations"] : undefined;
  if (!isRecord(pictures)) throw new Error("no picture of the pony");
  const small = await web.picture(pictures["small"]);
  return `[![pony image](${small})](${linkURL(pictures["full"])})`;
}
