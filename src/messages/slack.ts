// Slack by chat.postMessage, which knows no idempotency key: what this process has posted it remembers.
import type { Clock } from "../lib/clock.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import { MessageError } from "./error.ts";
import type { Slack, SlackMessage } from "./port.ts";

export interface SlackOptions {
  /** Workspace to its token, asked for each message, so that it may be rotated. "*" is the one without a name. */
  tokens: ReadonlyMap<string, () => Promise<string>>;
  /** Default: Slack's own. */
  endpoint?: string;
  clock: Clock;
  signal?: AbortSignal;
}

const ENDPOINT = "https://slack.com/api/chat.postMessage";
/** As Prow's messages look. */
const SENDER = { username: "prow", icon_emoji: ":prow:" };

const TIMEOUT_MS = 30_000;
/** A longer pause than this keeps no worker: the message fails, and comes again later. */
const LONGEST_WAIT_MS = 30_000;
/** What Slack asks for when it does not say how long. */
const USUAL_PAUSE_S = 1;
const REMEMBERED = 10_000;

export function slackClient(options: SlackOptions): Slack {
  const posted = boundedMap<true>(REMEMBERED);
  /** Workspace to the time until which Slack wants to be left alone. */
  const pauses = new Map<string, number>();
  return {
    async post(message) {
      if (posted.get(message.key)) return;
      await postPatiently(message, pauses, options);
      posted.set(message.key, true);
    },
  };
}

/** The limit is the workspace's: while one message waits, the others wait too. */
async function postPatiently(
  message: SlackMessage,
  pauses: Map<string, number>,
  options: SlackOptions,
): Promise<void> {
  const { clock, signal } = options;
  for (;;) {
    const wait = (pauses.get(message.host) ?? 0) - clock.now().getTime();
    if (wait > LONGEST_WAIT_MS || (wait > 0 && signal?.aborted)) {
      throw failure(message, 429, "ratelimited", `Slack asks to wait for ${Math.ceil(wait / 1000)} s more`);
    }
    if (wait > 0) {
      await clock.sleep(wait, signal);
      continue;
    }
    const seconds = await post(message, options);
    if (seconds === undefined) return;
    pauses.set(message.host, clock.now().getTime() + Math.max(seconds, USUAL_PAUSE_S) * 1000);
  }
}

/** Seconds to wait before another try; undefined when it is posted. */
async function post(message: SlackMessage, options: SlackOptions): Promise<number | undefined> {
  const { host, channel, text } = message;
  const token = options.tokens.get(host);
  if (!token) throw failure(message, 0, "", `host '${host}' not supported: no token was given for it`);
  const body = new URLSearchParams({ ...SENDER, token: await token(), channel, text });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let answer: Response;
  let said: string;
  try {
    answer = await fetch(options.endpoint ?? ENDPOINT, { method: "POST", body, signal, redirect: "error" });
    said = await answer.text();
  } catch (error) {
    throw failure(message, 0, "", (error as Error).message, error);
  }
  if (answer.status === 429) return Number(answer.headers.get("retry-after")) || 0;
  const { ok, error: reason = "" } = parsed(said, message, answer.status);
  if (answer.status !== 200 || !ok) {
    throw failure(message, answer.status, reason, `request failed: ${reason || `HTTP ${answer.status}`}`);
  }
  return undefined;
}

function parsed(text: string, message: SlackMessage, status: number): { ok?: boolean; error?: string } {
  try {
    return (JSON.parse(text) as { ok?: boolean; error?: string } | null) ?? {};
  } catch {
    const begin = JSON.stringify(text.slice(0, 200));
    throw failure(message, status, "", `API returned invalid JSON (HTTP ${status}, ${begin})`);
  }
}

function failure(
  { channel }: SlackMessage,
  status: number,
  reason: string,
  why: string,
  cause?: unknown,
): MessageError {
  return new MessageError(status, reason, `failed to post message to ${channel}: ${why}`, { cause });
}
