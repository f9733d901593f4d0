// A delivery that never came, as GitHub would have made it: put together from what its API tells now, signed as by GitHub.
import { createHmac } from "node:crypto";
import { GitHubError, mayPass } from "../github/error.ts";
import type { GitHubRelay } from "../github/port.ts";
import { prowJobName } from "../jobs/prow-job.ts";
import { isRecord } from "../lib/schema.ts";
import { type Delivery, encodeDelivery, groupOf } from "../model/delivery.ts";
import { repoName } from "../model/github.ts";
import { asOf, namesOf } from "../model/happening.ts";
import type { QueueItem } from "../queue/port.ts";
import { type Secrets, tokensFor } from "./hmac.ts";
import type { Happening } from "./resync.ts";

type Json = Record<string, unknown>;

/** The same each time, so that doing it again changes nothing; and as short as a label's value has to be. */
export const inventedGUID = (name: string): string => prowJobName("resync", name);

/** Its UUIDs are of version 5; GitHub's are of version 1, and nobody can say beforehand which comes next. */
export const isInventedGUID = (guid: string): boolean => /^[\da-f]{8}-[\da-f]{4}-5/i.test(guid);

/** undefined when it is there no more. Throws GitHubError. */
export async function inventedItem(
  relay: Pick<GitHubRelay, "send">,
  happening: Happening,
  { secrets, now }: { secrets: Secrets; now: Date },
): Promise<QueueItem | undefined> {
  const told = await payloadOf(relay, happening);
  if (!told) return undefined;
  const body = JSON.stringify(told.payload);
  const { event } = told;
  const guid = inventedGUID(happening.name);
  const secret = tokensFor(secrets, repoName(happening.repo))?.at(-1) ?? "";
  const headers: Delivery["headers"] = {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": guid,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  return {
    id: happening.name,
    group: groupOf(told.payload),
    also: namesOf(event, told.payload).filter(
      (name) => name !== happening.name && !name.startsWith("labels "),
    ),
    asOf: asOf(event, told.payload),
    payload: encodeDelivery({ guid, event, headers, body, receivedAt: now.toISOString() }),
  };
}

async function payloadOf(
  relay: Pick<GitHubRelay, "send">,
  happening: Happening,
): Promise<{ event: string; payload: Json } | undefined> {
  const { repo, number } = happening;
  const get = async (path: string): Promise<Json | undefined> => {
    const headers = { accept: "application/vnd.github+json" };
    const whole = `/repos/${repoName(repo)}${path}`;
    const answer = await relay.send(repo, { method: "GET", path: whole, headers });
    const text = Buffer.from(answer.body).toString();
    const error = new GitHubError(
      answer.status,
      `GET ${whole}: HTTP ${answer.status}: ${text.slice(0, 200)}`,
    );
    if (mayPass(error)) throw error;
    const value: unknown = answer.status === 200 ? JSON.parse(text) : undefined;
    return isRecord(value) ? value : undefined;
  };
  if (happening.what === "comment") {
    const [comment, issue, repository] = [
      await get(`/issues/comments/${happening.id}`),
      await get(`/issues/${number}`),
      await get(""),
    ];
    if (!comment || !issue || !repository) return undefined;
    // What it said at first is nowhere any more, and others than its author may have edited it.
    if (comment["updated_at"] !== comment["created_at"]) return undefined;
    const payload = { action: "created", issue, comment, repository, sender: comment["user"] };
    return { event: "issue_comment", payload };
  }
  const pull = await get(`/pulls/${number}`);
  const base = pull?.["base"];
  if (!pull || !isRecord(base)) return undefined;
  const about = { pull_request: pull, repository: base["repo"] };
  if (happening.what === "review") {
    const review = await get(`/pulls/${number}/reviews/${happening.id}`);
    if (!review) return undefined;
    // Webhooks write it small, the API large.
    const state = String(review["state"]).toLowerCase();
    const payload = { action: "submitted", ...about, review: { ...review, state }, sender: review["user"] };
    return { event: "pull_request_review", payload };
  }
  const head = isRecord(pull["head"]) ? pull["head"]["sha"] : undefined;
  if (pull["state"] !== "open" || (happening.what === "head" && head !== happening.sha)) return undefined;
  const action = happening.what === "opened" ? "opened" : "synchronize";
  return { event: "pull_request", payload: { action, number, ...about, sender: pull["user"] } };
}
