// The people: what each act is on GitHub, which events then tell of.
import { asking, ORG } from "../stage/people.ts";
import type { Act } from "./plan.ts";
import { repoOf } from "./setting.ts";

export interface People {
  act(act: Act): Promise<void>;
  /** As an admin; throws with what GitHub said. */
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** `repos`: how many there are; a pull request's is by its number in the plan. */
export function people(url: string, repos: number): People {
  const numbers = new Map<number, number>();
  const ask = asking(url);
  const change = async (repo: string, pull: number, text: string) => {
    const path = `/repos/${ORG}/${repo}/contents/files/${pull}.txt`;
    const branch = `change-${pull}`;
    const known = await ask<{ sha: string }>("grace", "GET", `${path}?ref=${branch}`).catch(() => undefined);
    const content = Buffer.from(text).toString("base64");
    const message = `${text}\n\nSigned-off-by: Grace <grace@harbour.invalid>`;
    await ask("grace", "PUT", path, { message, content, branch, ...(known && { sha: known.sha }) });
  };
  let pushes = 0;
  const crowd: People = {
    ask: (method, path, body) => ask("ada", method, path, body),
    async act(act) {
      if (act.do === "together") return void (await Promise.all(act.acts.map(crowd.act)));
      const repo = repoOf(act.pull, repos);
      const here = `/repos/${ORG}/${repo}`;
      if (act.do === "open") {
        const main = await ask<{ object: { sha: string } }>("grace", "GET", `${here}/git/ref/heads/main`);
        const ref = `refs/heads/change-${act.pull}`;
        await ask("grace", "POST", `${here}/git/refs`, { ref, sha: main.object.sha });
        await change(repo, act.pull, "first");
        const pull = { title: `Change ${act.pull}`, head: `change-${act.pull}`, base: "main", body: "" };
        numbers.set(act.pull, (await ask<{ number: number }>("grace", "POST", `${here}/pulls`, pull)).number);
        return;
      }
      const issue = `${here}/issues/${numbers.get(act.pull)}`;
      if (act.do === "push") await change(repo, act.pull, `push ${++pushes}`);
      else if (act.do === "label") await ask("ada", "POST", `${issue}/labels`, { labels: [act.label] });
      else await ask(act.by, "POST", `${issue}/comments`, { body: act.body });
    },
  };
  return crowd;
}
