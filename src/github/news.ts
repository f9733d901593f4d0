// What several processes hear and write, told to all of them through what they share: each reads on in the log of news
// before it answers from what it remembers, so that nobody works on a delivery with less than all that came before it.
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { inTurn } from "../lib/waiting/in-turn.ts";
import type { IssueRef, RepoRef } from "../model/github.ts";
import type { Mark, Shared } from "../shared/port.ts";
import { HEARD, type Hear } from "./hear.ts";
import { shortest, slim, type ToldComment } from "./told-payload.ts";
import type { Kind } from "./views.ts";

/** Which views a write touches: of one issue, or of all in the repository. */
export interface Written {
  repo: RepoRef;
  number?: number;
  kinds: readonly Kind[];
}

type Message =
  | { by: string; event: string; payload: Record<string, unknown> }
  | { by: string; comment: ToldComment; issue: IssueRef }
  | { by: string; written: Written }
  /** Something could not be told. */
  | { by: string; lost: true };

export interface News {
  /** A webhook; resolves when nobody can miss it any more. Never rejects. */
  tell(event: string, payload: Record<string, unknown>): Promise<void>;
  /** What this process has written, which it knows itself already. Never rejects. */
  wrote(written: Written): Promise<void>;
  commented(issue: IssueRef, comment: ToldComment): Promise<void>;
  /** Whether all that was told before the call has been taken in now. Never rejects. */
  catchUp(): Promise<boolean>;
}

export interface NewsOptions {
  shared: Pick<Shared, "tell" | "told">;
  /** Name of this process, unlike all others. */
  id: string;
  clock: Clock;
  log: Pick<Logger, "warn">;
  hear: Hear;
  forget(written: Written): void;
  forgetAll(): void;
}

const LOG = "webhooks";
const RETRY_MS = 1_000;
/** All that is told is kept in the memory of the queue. Of what is longer others only hear what to forget. */
const LONGEST = 32_768;
/** What is remembered is over by then. */
const RETRIES = 60;

export function news(options: NewsOptions): News {
  const { shared, id, clock, log } = options;
  let mark: Mark | undefined;
  let isRetrying = false;

  async function tellLoss(): Promise<void> {
    if (isRetrying) return;
    isRetrying = true;
    for (let tries = 0; tries < RETRIES; tries++) {
      await clock.sleep(RETRY_MS);
      const isTold = await shared.tell(LOG, JSON.stringify({ by: id, lost: true } satisfies Message)).then(
        () => true,
        () => false,
      );
      if (isTold) break;
    }
    isRetrying = false;
  }

  async function send(message: Message): Promise<void> {
    try {
      await shared.tell(LOG, textOf(message));
    } catch (error) {
      log.warn(
        { error: (error as Error).message },
        "Others could not be told of news; they read from GitHub what they remember once they can be.",
      );
      take(message, { ...options, id: "" });
      void tellLoss();
    }
  }

  async function readOn(): Promise<boolean> {
    try {
      const told = await shared.told(LOG, mark);
      if (!mark || !told.texts) options.forgetAll();
      else for (const text of told.texts) take(JSON.parse(text) as Message, options);
      mark = told.mark;
      return true;
    } catch {
      return false;
    }
  }

  return {
    tell: async (event, payload) => {
      if (HEARD.has(event)) await send({ by: id, event, payload: slim(event, payload) });
    },
    wrote: (written) => send({ by: id, written }),
    commented: (issue, comment) => send({ by: id, comment, issue }),
    // A round that begins after the question sees all that was told before it.
    catchUp: inTurn<void, boolean>(readOn),
  };
}

function textOf(message: Message): string {
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) <= LONGEST) return text;
  if ("event" in message) return JSON.stringify({ ...message, payload: shortest(message.payload) });
  return JSON.stringify("comment" in message ? { ...message, comment: { id: message.comment.id } } : message);
}

function take(message: Message, { id, hear, forget, forgetAll }: NewsOptions): void {
  if ("event" in message) hear(message.event, message.payload);
  else if (message.by === id) return;
  else if ("written" in message) forget(message.written);
  else if ("comment" in message) hear("issue_comment", asPayload(message));
  else forgetAll();
}

/** As a webhook will tell of it soon. */
const asPayload = ({ comment, issue }: { comment: ToldComment; issue: IssueRef }) => ({
  action: "created",
  repository: { name: issue.repo, owner: { login: issue.org } },
  issue: { number: issue.number },
  comment,
});
