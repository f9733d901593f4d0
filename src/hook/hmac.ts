// Webhook secrets in Prow's forms, and the check of a signature over the raw bytes before anything is parsed.
import { createHmac, timingSafeEqual } from "node:crypto";
import { madeOnce } from "../lib/kept/made-once.ts";
import { isRecord } from "../lib/schema.ts";
import { loadYAML } from "../lib/yaml/load.ts";

/** One token for everything, or lists of tokens by `org/repo`, `org` or `*`. */
export type Secrets = { token: string } | { tokens: ReadonlyMap<string, string[]> };

/** What a delivery is held against, made once for as long as the file stays as it is: there may be hundreds. */
const prepared = madeOnce((tokens: ReadonlyMap<string, string[]>) => ({
  byScope: new Map([...tokens].map(([scope, values]) => [scope.toLowerCase(), values])),
  all: new Set([...tokens.values()].flat().filter((token) => token !== "")),
}));

/** Text of Prow's `--hmac-secret-file`: a map as above, or else one token. */
export function parseSecrets(text: string): Secrets {
  const token = text.trim();
  let value: unknown;
  try {
    value = loadYAML(text);
  } catch {
    return { token };
  }
  if (value === null) return { tokens: new Map() };
  if (!isRecord(value)) return { token };
  const tokens = new Map<string, string[]>();
  for (const [scope, list] of Object.entries(value)) {
    const values = tokensOf(list);
    if (!values) return { token };
    tokens.set(scope, values);
  }
  return { tokens };
}

function tokensOf(list: unknown): string[] | undefined {
  if (list === null) return [];
  if (!Array.isArray(list) || !list.every(isRecord)) return undefined;
  const values = list.map((entry) => entry["value"] ?? "");
  // An empty token would be a key that everyone knows.
  return values.every((value) => typeof value === "string")
    ? values.filter((value) => value !== "")
    : undefined;
}

/**
 * The tokens that count for `org/repo` (or an org): of the first scope that is configured, without falling through.
 * Names count in any case, as on GitHub: otherwise another spelling would be a way around a scope, to `*`.
 */
export function tokensFor(secrets: Secrets, subject: string): string[] | undefined {
  if ("token" in secrets) return secrets.token === "" ? undefined : [secrets.token];
  const { byScope } = prepared(secrets.tokens);
  const name = subject.toLowerCase();
  return byScope.get(name) ?? byScope.get(name.split("/")[0]!) ?? byScope.get("*");
}

/** More secrets than these are not all tried: 500 of them would take seconds for a body that anybody may send. */
const FEW = 4;
/** So many repositories count of those that a payload names: the one it is about, the two of a pull request, the first of a fork. */
const MOST_NAMES = 8;
const STEP_BYTES = 256 * 1024;
/** Smaller ones take some milliseconds, and those of GitHub hardly are larger. */
const LARGE_BYTES = 2 * 1024 * 1024;

/**
 * The tokens that produce this signature. Which secret counts stands in the body, which must not be parsed before it is
 * trusted: so those are tried of all repositories and orgs that it seems to name, and the caller checks afterwards that
 * the one that matched is the repository's. Others have their turn in between.
 */
export async function matchingTokens(
  secrets: Secrets,
  signature: Buffer,
  body: Buffer,
  turn: () => Promise<void>,
): Promise<Set<string>> {
  const matches = new Set<string>();
  for (const token of tokensToTry(secrets, body)) {
    const hmac = createHmac("sha256", token);
    for (let at = 0; at < body.length; at += STEP_BYTES) {
      hmac.update(body.subarray(at, at + STEP_BYTES));
      if (body.length > LARGE_BYTES) await turn();
    }
    const expected = hmac.digest();
    if (signature.length === expected.length && timingSafeEqual(signature, expected)) matches.add(token);
  }
  return matches;
}

function tokensToTry(secrets: Secrets, body: Buffer): ReadonlySet<string> {
  if ("token" in secrets) return new Set(tokensFor(secrets, ""));
  const { all } = prepared(secrets.tokens);
  if (all.size <= FEW) return all;
  return new Set([...namesIn(body)].flatMap((name) => tokensFor(secrets, name) ?? []));
}

/** Beginnings of what GitHub writes: there the name follows at once. */
const NAMED = [/^"full_name":\s*"([^"]*)"/, /^"organization":\s*\{\s*"login":\s*"([^"]*)"/];
const LONGEST_NAMED = 300;
const MOST_LOOKS = 100;

/** Found without parsing; the name of nobody is among them. Quotes in a text of JSON have a backslash before them. */
function namesIn(body: Buffer): Set<string> {
  const names = new Set([""]);
  for (const [nth, key] of ['"full_name"', '"organization"'].entries()) {
    let looks = 0;
    for (let at = body.indexOf(key); at !== -1 && ++looks <= MOST_LOOKS; at = body.indexOf(key, at + 1)) {
      const name = NAMED[nth]!.exec(body.toString("utf8", at, at + LONGEST_NAMED))?.[1];
      if (name !== undefined && names.size <= MOST_NAMES * (nth + 1)) names.add(name);
    }
  }
  return names;
}

/** The bytes of `sha256=<hex>`; undefined when it is anything else. */
export function parseSignature(header: string): Buffer | undefined {
  const hex = /^sha256=((?:[0-9a-fA-F]{2})*)$/.exec(header)?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, "hex");
}
