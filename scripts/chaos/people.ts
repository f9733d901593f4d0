// The people: they act on GitHub through its API with tokens of their own, which events then tell of.
import type { Act, Person } from "./plan.ts";
import { ORG, repoOf } from "./setting.ts";

export interface People {
  act(act: Act): Promise<void>;
  /** As an admin; throws with what GitHub said. */
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
}

const TRIES = 5;

/** `repos`: how many there are; a pull request's is by its number in the plan. */
export function people(url: string, repos: number): People {
  const numbers = new Map<number, number>();
  const as =
    (login: Person) =>
    async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      for (let tries = 1; ; tries++) {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: { authorization: `token ${login}-token`, "content-type": "application/json" },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
        // Another has pushed to the same repository at that moment.
        if (response.status === 409 && tries < TRIES) continue;
        throw new Error(`${login} ${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
      }
    };
  const change = async (repo: string, pull: number, text: string) => {
    const path = `/repos/${ORG}/${repo}/contents/files/${pull}.txt`;
    const branch = `change-${pull}`;
    const known = await as("grace")<{ sha: string }>("GET", `${path}?ref=${branch}`).catch(() => undefined);
    const content = Buffer.from(text).toString("base64");
    const message = `${text}\n\nSigned-off-by: Grace <grace@harbour.invalid>`;
    await as("grace")("PUT", path, { message, content, branch, ...(known && { sha: known.sha }) });
  };
  let pushes = 0;
  const crowd: People = {
    ask: as("ada"),
    async act(act) {
      if (act.do === "together") return void (await Promise.all(act.acts.map(crowd.act)));
      const repo = repoOf(act.pull, repos);
      const here = `/repos/${ORG}/${repo}`;
      if (act.do === "open") {
        const main = await as("grace")<{ object: { sha: string } }>("GET", `${here}/git/ref/heads/main`);
        const ref = `refs/heads/change-${act.pull}`;
        await as("grace")("POST", `${here}/git/refs`, { ref, sha: main.object.sha });
        await change(repo, act.pull, "first");
        const pull = { title: `Change ${act.pull}`, head: `change-${act.pull}`, base: "main", body: "" };
        numbers.set(act.pull, (await as("grace")<{ number: number }>("POST", `${here}/pulls`, pull)).number);
        return;
      }
      const issue = `${here}/issues/${numbers.get(act.pull)}`;
      if (act.do === "push") await change(repo, act.pull, `push ${++pushes}`);
      else if (act.do === "label") await as("ada")("POST", `${issue}/labels`, { labels: [act.label] });
      else await as(act.by)("POST", `${issue}/comments`, { body: act.body });
    },
  };
  return crowd;
}
