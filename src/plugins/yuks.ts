// /joke: tells a joke.
import { command } from "../model/commands.ts";
import { replyTo } from "../model/reply.ts";
import { boundedWeb, firstOf, type Web } from "./bounded-web.ts";
import { commentIssue, quoted } from "./event-issue.ts";
import type { Plugin } from "./plugin.ts";

const JOKE = command("(?mi)^/joke\\s*$");
const SERVICE = "https://icanhazdadjoke.com";
const ATTEMPTS = 5;

export const yuks: Plugin = {
  name: "yuks",
  on: ["comment"],
  description: "The yuks plugin comments with jokes in response to the `/joke` command.",
  commands: [
    {
      usage: "/joke",
      description: "Tells a joke.",
      featured: false,
      whoCanUse: "Anyone can use the `/joke` command.",
      examples: ["/joke"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created" || !JOKE.test(event.body)) return [];
    const web = boundedWeb(context);
    const joke = await firstOf(
      ATTEMPTS,
      () => anyJoke(web),
      (error) => context.log.error({ error }, "failed to get joke"),
    );
    return joke === undefined ? [] : [replyTo(commentIssue(event), quoted(event), asText(joke))];
  },
};

async function anyJoke(web: Web): Promise<string> {
  const { joke } = await web.json(SERVICE);
  if (typeof joke !== "string" || joke === "")
    throw new Error(`result from ${SERVICE} did not contain a joke`);
  return joke.toWellFormed();
}

/** Whatever could be Markdown is written as a number. */
const asText = (joke: string): string =>
  joke.replace(/[^\w?'!., ]/gu, (character) => `&#${character.codePointAt(0)};`);
