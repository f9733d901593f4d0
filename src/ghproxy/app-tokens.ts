// Makes all that sign in as one App installation have the same token, so that they share what is cached for it.
import { createHash } from "node:crypto";
import { boundedMap } from "../lib/bounded-map.ts";
import { isRecord } from "../lib/schema.ts";
import { type Answer, withHeaders } from "./stored-answer.ts";

const PATH = /^\/app\/installations\/[^/]+\/[^/]+$/;
const REPLACED = "X-PROW-GHPROXY-REPLACED-TOKEN";
/** A token that is over sooner is of no use to who asks for one. */
const MARGIN_MS = 60_000;
const MOST = 1_000;

export interface Asked {
  method: string;
  path: string;
  /** Which repositories and permissions the token is for: only one for the same is as good. */
  body: Uint8Array | undefined;
}

/** GitHub has just given `answer`, so whoever asked may have a token of that installation. */
export function appTokens(): (asked: Asked, answer: Answer, now: number) => Answer {
  const held = boundedMap<{ body: Uint8Array; until: number }>(MOST, MOST);
  return ({ method, path, body }, answer, now) => {
    if (method !== "POST" || answer.status !== 201 || !PATH.test(path)) return answer;
    const until = expiry(answer.body);
    if (until === undefined) return answer;
    const key = `${path} ${createHash("sha256")
      .update(body ?? "")
      .digest("hex")}`;
    const known = held.get(key);
    const isGood = known !== undefined && known.until - MARGIN_MS > now;
    if (!isGood) held.set(key, { body: answer.body, until }, 1);
    return withHeaders(isGood ? { ...answer, body: known.body } : answer, { [REPLACED]: "true" });
  };
}

function expiry(body: Uint8Array): number | undefined {
  try {
    const token: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (!isRecord(token) || typeof token["token"] !== "string") return undefined;
    const until = Date.parse(String(token["expires_at"]));
    return Number.isNaN(until) ? undefined : until;
  } catch {
    return undefined;
  }
}
