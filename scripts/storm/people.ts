// The people of a storm: they open pull requests, label, review and talk, all of them at once.
import { sideBySide } from "../../src/lib/waiting/side-by-side.ts";
import { type Ask, ORG } from "../stage/people.ts";
import type { Pull } from "./setting.ts";

const AT_ONCE = 6;

/** `talk`: how often each pull request is given to somebody who cannot have it, which the bot answers. */
export async function storming(ask: Ask, pulls: readonly Pull[], talk: number): Promise<void> {
  await sideBySide(pulls, AT_ONCE, async ({ repo, branch, nth }) => {
    const here = `/repos/${ORG}/${repo}`;
    const pull = { title: `Change ${nth}`, head: branch, base: "main", body: "" };
    const { number } = await ask<{ number: number }>("grace", "POST", `${here}/pulls`, pull);
    const issue = `${here}/issues/${number}`;
    await ask("ada", "POST", `${issue}/labels`, { labels: ["kind/bug"] });
    for (let n = 0; n < talk; n++)
      await ask("grace", "POST", `${issue}/comments`, { body: `/assign @nobody-${n}` });
    await ask("margaret", "POST", `${issue}/comments`, { body: "/lgtm" });
    await ask("ada", "POST", `${issue}/comments`, { body: "/approve" });
  });
}
