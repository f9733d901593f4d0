// Deliveries that failed too often: a page, the same as JSON, and a button to have one worked on again.
import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { errorText } from "../lib/error-text.ts";
import { briefly } from "../lib/kept/briefly.ts";
import { sameSecret } from "../lib/same-secret.ts";
import { isRecord } from "../lib/schema.ts";
import { aboutLetter, type DeadLetterView, deadLetterView } from "../model/dead-letter.ts";
import { namesRepo } from "../model/github.ts";
import type { QueueState } from "../queue/port.ts";
import type { DeckDeps } from "./deps.ts";
import { ago, link } from "./format.ts";
import { type Html, type Show, untold } from "./layout.ts";
import { mayShow } from "./visible-jobs.ts";

/** Each may have 25 MB. */
const SHOWN = 50;
/** Of hidden repositories may be many. */
const LOOKED_AT = 500;
/** Whoever asks meanwhile has the same answer: anybody may ask, and to look is dear. */
const KEPT_MS = 10_000;
/** A request to replay names a queue and an id. */
const MOST_BYTES = 4_096;

interface Seen {
  letters: DeadLetterView[];
  states: Record<string, QueueState>;
}

async function look(deps: DeckDeps): Promise<Seen | undefined> {
  const queues = await deps.deadLetters?.queues();
  if (!queues) return undefined;
  const seen: Seen = { letters: [], states: {} };
  for (const [name, queue] of Object.entries(queues)) {
    seen.states[name] = await queue.state();
    let [looked, shown] = [0, 0];
    for await (const letter of queue.dead()) {
      const view = deadLetterView(name, letter);
      if (isShown(deps, view)) {
        seen.letters.push(view);
        shown++;
      }
      if (++looked === LOOKED_AT || shown === SHOWN) break;
    }
  }
  seen.letters.sort((a, b) => Date.parse(b.failedAt) - Date.parse(a.failedAt));
  return seen;
}

/** What is about no repository may be about a hidden one. */
function isShown(deps: DeckDeps, { repo }: DeadLetterView): boolean {
  const { hidden_repos: hidden } = deps.config().deck;
  return mayShow(deps, repo ? namesRepo(hidden, repo) : Boolean(hidden?.length), []);
}

export function deadLetters(app: Hono, deps: DeckDeps, show: Show): void {
  // Two looks at once would hold twice as much.
  const letters = briefly(KEPT_MS, deps.clock, () => look(deps));
  /** As of at most 10 s ago; what is hidden is left out as of now. A text says why there is nothing to see. */
  const seenNow = async (): Promise<Seen | string> => {
    try {
      const seen = await letters();
      if (!seen) return UNTOLD;
      return { ...seen, letters: seen.letters.filter((letter) => isShown(deps, letter)).slice(0, SHOWN) };
    } catch (error) {
      deps.log.warn({ error: errorText(error) }, "The queue cannot be read.");
      return AWAY;
    }
  };
  app.get("/dead-letters", async (c) => {
    const seen = await seenNow();
    if (typeof seen === "string") return show(c, "Dead letters", untold("Dead letters", seen));
    return show(
      c,
      "Dead letters",
      deadLettersPage(seen, deps.deadLetters?.replayToken !== undefined, deps.clock.now()),
    );
  });
  app.get("/dead-letters.js", async (c) => {
    const seen = await seenNow();
    if (typeof seen === "string") return c.json({ message: seen }, seen === UNTOLD ? 404 : 503);
    return c.json({ items: seen.letters, queues: seen.states });
  });
  app.post("/dead-letters/replay", async (c) => {
    const answer = await replay(c, deps);
    if (answer.ok) letters.forget();
    return answer;
  });
}

/** Where it is is nobody's business. */
const AWAY = "The queue cannot be read at the moment; deck's log says why.";
const UNTOLD = "This deck was not told where the queue is: start it with --queue=redis://….";

/** By the name of the queue: what waits in it. */
const WAITING: Readonly<Record<string, string>> = {
  webhooks: "Webhooks",
  outside: "To external plugins and Probot apps",
};

function deadLettersPage({ letters, states }: Seen, mayReplay: boolean, now: Date): Html {
  return html`<h1>Dead letters</h1>
<p class="dim">Webhooks that were taken in and could not be worked off.</p>
<p>${Object.entries(states).map(
    ([name, { waiting, oldest }]) =>
      html`${WAITING[name] ?? name}: ${waiting} waiting${oldest ? html`, the oldest since ${ago(oldest, now)}` : ""}. `,
  )}${letters.length === 0 ? "No dead letters." : ""}</p>
${letters.length === 0 ? "" : table(letters, mayReplay, now)}`;
}

function table(letters: DeadLetterView[], mayReplay: boolean, now: Date): Html {
  return html`${mayReplay ? html`<p><label>Token for replaying <input type="password" id="replay-token" autocomplete="off"></label> <span id="replay-note" role="status"></span></p>` : ""}
<table><thead><tr><th>Event</th><th>About</th><th>Error</th><th>Attempts</th><th>Failed</th>${mayReplay ? html`<th></th>` : ""}</tr></thead>
<tbody>${letters.map((letter) => row(letter, mayReplay, now))}</tbody></table>`;
}

function row(letter: DeadLetterView, mayReplay: boolean, now: Date): Html {
  const { queue, id, guid, event, action, url, plugin, error, attempts, failedAt } = letter;
  return html`<tr>
<td title="${guid}">${event}${action ? `.${action}` : ""}</td>
<td>${link(url, aboutLetter(letter) ?? "–")}</td>
<td>${plugin ? html`<strong>${plugin}</strong>: ` : ""}${error}</td>
<td>${attempts}</td>
<td>${ago(failedAt, now)}</td>
${mayReplay ? html`<td><button type="button" data-replay="${id}" data-queue="${queue}">Replay</button></td>` : ""}
</tr>`;
}

/** Asked by a page of ours, in JSON, by somebody who has the token; told why not in words. */
async function replay(c: Context, deps: DeckDeps): Promise<Response> {
  const { deadLetters: letters, log } = deps;
  if (!letters?.replayToken)
    return c.json(
      { message: "Replaying is off here: start deck with --queue and --replay-token-file." },
      403,
    );
  if (!isOwnPage(c)) return c.json({ message: "Only deck's own page may ask for this." }, 403);
  if (c.req.header("content-type") !== "application/json")
    return c.json({ message: "Send application/json." }, 415);
  if (!(Number(c.req.header("content-length") ?? Number.NaN) <= MOST_BYTES))
    return c.json({ message: "That is too long." }, 413);
  const asked: unknown = await c.req.json().catch(() => undefined);
  const field = (key: string): string => {
    const value = isRecord(asked) && Object.hasOwn(asked, key) ? asked[key] : "";
    return typeof value === "string" ? value : "";
  };
  const secret = await letters.replayToken();
  if (secret === "" || !sameSecret(field("token"), secret))
    return c.json({ message: "The token is not the one of --replay-token-file." }, 403);
  const queues = new Map(Object.entries(await letters.queues()));
  try {
    const queue = queues.get(field("queue"));
    if (!queue) throw new Error(`there is no queue ${JSON.stringify(field("queue"))}`);
    await queue.replay(field("id"));
    log.info({ queue: field("queue"), id: field("id") }, "A dead letter is worked on again.");
    return c.json({ message: "It is worked on again." });
  } catch (error) {
    return c.json({ message: errorText(error) }, 404);
  }
}

/** Browsers say whose page asks. Programs have `cutwater dead-letters`. */
function isOwnPage(c: Context): boolean {
  const site = c.req.header("sec-fetch-site");
  const origin = c.req.header("origin");
  if (site === undefined && origin === undefined) return false;
  if (site !== undefined && site !== "same-origin") return false;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === c.req.header("host");
}
