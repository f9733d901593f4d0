// Makes all that sign in as one App installation have the same token, so that they share what is cached for it.
import { hash } from "node:crypto";
import { boundedMap } from "../lib/kept/bounded-map.ts";
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

export interface AppTokens {
  /** GitHub has just given `answer`, so whoever asked may have a token of that installation. */
  same(asked: Asked, answer: Answer, now: number): Answer;
  /** GitHub has answered 401 to this Authorization header: a token that was revoked is handed out no more. */
  refused(authorization: string | null): void;
}

export function appTokens(): AppTokens {
  const held = boundedMap<{ body: Uint8Array; until: number }>(MOST);
  /** Where a token is held, by its digest. */
  const places = boundedMap<string>(MOST);
  return {
    same({ method, path, body }, answer, now) {
      if (method !== "POST" || answer.status !== 201 || !PATH.test(path)) return answer;
      const made = read(answer.body);
      if (made === undefined) return answer;
      const key = `${path} ${digest(body ?? "")}`;
      const known = held.get(key);
      const isGood = known !== undefined && known.until - MARGIN_MS > now;
      if (!isGood) {
        held.set(key, { body: answer.body, until: made.until });
        places.set(digest(made.token), key);
      }
      return withHeaders(isGood ? { ...answer, body: known.body } : answer, { [REPLACED]: "true" });
    },
    refused(authorization) {
      const token = /^(?:token|bearer)\s+(\S+)$/i.exec(authorization ?? "")?.[1];
      const place = token && places.get(digest(token));
      if (!place) return;
      places.delete(digest(token));
      held.delete(place);
    },
  };
}

const digest = (text: string | Uint8Array): string => hash("sha256", text);

function read(body: Uint8Array): { token: string; until: number } | undefined {
  try {
    const token: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (!isRecord(token) || typeof token["token"] !== "string") return undefined;
    const until = Date.parse(String(token["expires_at"]));
    return Number.isNaN(until) ? undefined : { token: token["token"], until };
  } catch {
    return undefined;
  }
}
