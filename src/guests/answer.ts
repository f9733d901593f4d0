// Answers what a guest asks: within its repository, as often as is fair to the others, and never with more than that.
import { GitHubError } from "../github/error.ts";
import type { GitHubRelay, RawRequest } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { mayMutate } from "../lib/graphql-mutation.ts";
import type { Logger } from "../lib/logger.ts";
import { isRecord } from "../lib/schema.ts";
import { turns } from "../lib/waiting/turns.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import { mayAsk } from "./may-ask.ts";
import type { Question, ToGuest } from "./protocol.ts";

export interface AnswerDeps {
  relay: GitHubRelay;
  clock: Pick<Clock, "now">;
  log: Logger;
  /** Prints what a guest would write instead of sending it. */
  dryRun: boolean;
}

/** The budget of GitHub's is for all: a guest that has run wild leaves most of it. */
const REQUESTS_AN_HOUR = 2_000;
const AT_ONCE = 8;
const HOUR_MS = 3_600_000;

type Answer = Extract<ToGuest, { kind: "answer" | "refusal" | "token" }>;
/** `repo` is where it may act now; a text says why nowhere. */
export type Answering = (id: number, repo: RepoRef | string, question: Question) => Promise<Answer>;

/** For one guest; never rejects. */
export function answering(deps: AnswerDeps): Answering {
  const { relay, clock, dryRun } = deps;
  const turn = turns(AT_ONCE);
  let hour = { began: 0, requests: 0 };

  function isTooMuch(): boolean {
    const now = clock.now().getTime();
    if (now - hour.began >= HOUR_MS) hour = { began: now, requests: 0 };
    return ++hour.requests > REQUESTS_AN_HOUR;
  }

  return async (id, repo, question) => {
    if (typeof repo === "string") return json(id, 403, repo);
    try {
      if ("token" in question) return await tokenFor(relay, id, repo);
      const verdict = mayAsk({ repo, narrowed: relay.narrows }, question.request);
      if ("refused" in verdict) return json(id, 403, verdict.refused);
      const request = { ...question.request, path: verdict.path };
      if (isTooMuch()) return json(id, 429, `more than ${REQUESTS_AN_HOUR} requests in an hour`);
      if (verdict.number !== undefined) {
        const leave = await turn();
        const own = await numberOf(relay, repo).finally(leave);
        if (verdict.number !== own)
          return json(id, 403, `${verdict.path} is not known to be in ${repoName(repo)}`);
      }
      if (dryRun && writes(request)) return wouldWrite(deps.log, id, request);
      const leave = await turn();
      const { status, headers, body } = await relay.send(verdict.as, request).finally(leave);
      return { kind: "answer", id, status, headers, body: Buffer.from(body).toString("base64") };
    } catch (error) {
      const { status } = error as { status?: number };
      // An answer of GitHub's on the way there, such as that the App is not installed; a refusal is tried again.
      return status ? json(id, status, errorText(error)) : { kind: "refusal", id, message: errorText(error) };
    }
  };
}

/** As GitHub tells it; asked each time, since a name may pass to another repository. Throws GitHubError. */
async function numberOf(relay: GitHubRelay, repo: RepoRef): Promise<string | undefined> {
  const request = { method: "GET", path: `/repos/${repoName(repo)}`, headers: {} };
  const { status, body } = await relay.send(repo, request);
  if (status !== 200) throw new GitHubError(status, `GET ${request.path}: HTTP ${status}`);
  const told: unknown = JSON.parse(Buffer.from(body).toString());
  return isRecord(told) && typeof told["id"] === "number" ? String(told["id"]) : undefined;
}

async function tokenFor(relay: GitHubRelay, id: number, repo: RepoRef): Promise<Answer> {
  const token = await relay.token(repo);
  if (token !== undefined) return { kind: "token", id, token };
  const message =
    "a token of ours cannot be narrowed and is not given away; run Cutwater as a GitHub App for it";
  return { kind: "refusal", id, message };
}

function writes({ method, path, body = "" }: RawRequest): boolean {
  if (path === "/graphql") return mayMutate(body);
  return method !== "GET" && method !== "HEAD" && !path.startsWith("/markdown");
}

function wouldWrite(log: Logger, id: number, { method, path, body }: RawRequest): Answer {
  log.info({ request: `${method} ${path}`, body }, "Would send this for the Probot app.");
  return { kind: "answer", id, status: 200, headers: JSON_TYPE, body: Buffer.from("{}").toString("base64") };
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

/** In GitHub's shape, so that Octokit tells it as it tells GitHub's. */
const json = (id: number, status: number, message: string): Answer => ({
  kind: "answer",
  id,
  status,
  headers: JSON_TYPE,
  body: Buffer.from(JSON.stringify({ message: `Cutwater: ${message}` })).toString("base64"),
});
