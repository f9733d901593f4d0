// What hook and a guest's process say to each other. Nothing that comes from the guest is trusted to be of these types.
import type { RawRequest } from "../github/port.ts";
import { isRecord } from "../lib/schema.ts";
import type { RepoRef } from "../model/github.ts";

/** What a guest asks for: a request to GitHub, or a token. */
export type Question = { request: RawRequest } | { token: true };

export type ToGuest =
  | { kind: "deliver"; id: number; guid: string; event: string; body: string }
  | { kind: "answer"; id: number; status: number; headers: Record<string, string>; body: string }
  | { kind: "refusal"; id: number; message: string }
  | { kind: "token"; id: number; token: string }
  | { kind: "ping" };

export type FromGuest =
  | { kind: "ready" }
  | { kind: "unloadable"; message: string }
  | { kind: "done"; id: number; errors: Thrown[] }
  /** `delivery` is the one that it works on; without it `repo` says where it wants to act. */
  | { kind: "ask"; id: number; delivery?: number; repo?: RepoRef; question: Question }
  | { kind: "pong" };

export interface Thrown {
  message: string;
  status?: number;
  stack?: string;
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const isString = (value: unknown): value is string => typeof value === "string";

/** undefined for what is not understood. */
export function fromGuest(message: unknown): FromGuest | undefined {
  if (!isRecord(message)) return undefined;
  const { kind, id } = message;
  if (kind === "ready" || kind === "pong") return { kind };
  if (kind === "unloadable") return { kind, message: String(message["message"]) };
  if (!isNumber(id)) return undefined;
  if (kind === "done") {
    const errors = Array.isArray(message["errors"]) ? message["errors"].filter(isRecord) : [];
    return { kind, id, errors: errors.map(thrown) };
  }
  const question = kind === "ask" ? questionIn(message["question"]) : undefined;
  if (!question) return undefined;
  const { delivery, repo } = message;
  const named = isRecord(repo) && isString(repo["org"]) && isString(repo["repo"]);
  return {
    kind: "ask",
    id,
    question,
    ...(isNumber(delivery) && { delivery }),
    ...(named && { repo: { org: repo["org"] as string, repo: repo["repo"] as string } }),
  };
}

const thrown = ({ message, status, stack }: Record<string, unknown>): Thrown => ({
  message: String(message),
  ...(isNumber(status) && { status }),
  ...(isString(stack) && { stack }),
});

function questionIn(question: unknown): Question | undefined {
  if (!isRecord(question)) return undefined;
  if (question["token"] === true) return { token: true };
  const { request } = question;
  if (!isRecord(request)) return undefined;
  const { method, path, headers, body } = request;
  if (!isString(method) || !isString(path) || !isRecord(headers)) return undefined;
  if (!Object.values(headers).every(isString) || !(body === undefined || isString(body))) return undefined;
  const asked = { method: method.toUpperCase(), path, headers: headers as Record<string, string> };
  return { request: { ...asked, ...(body !== undefined && { body }) } };
}
