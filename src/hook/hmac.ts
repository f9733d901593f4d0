// Webhook secrets in Prow's forms, and the check of a signature over the raw bytes before anything is parsed.
import { createHmac, type Hmac, timingSafeEqual } from "node:crypto";
import { isRecord } from "../lib/schema.ts";
import { loadYAML } from "../lib/yaml/load.ts";

/** One token for everything, or lists of tokens by `org/repo`, `org` or `*`. */
export type Secrets = { token: string } | { tokens: Map<string, string[]> };

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
  const scopes = new Map([...secrets.tokens].map(([scope, tokens]) => [scope.toLowerCase(), tokens]));
  const name = subject.toLowerCase();
  return scopes.get(name) ?? scopes.get(name.split("/")[0]!) ?? scopes.get("*");
}

export interface SignatureCheck {
  /** Takes the body piece by piece, so that no single step takes long. */
  update(chunk: Uint8Array): void;
  /** The tokens that produce this signature; call once, after the last piece. */
  matching(): Set<string>;
}

/**
 * Which secret counts stands in the body, which must not be parsed before it is trusted: so every secret is tried,
 * and the caller checks afterwards that the one that matched is the repository's.
 */
export function signatureCheck(secrets: Secrets, signature: Buffer): SignatureCheck {
  const all = "token" in secrets ? [secrets.token] : [...secrets.tokens.values()].flat();
  const hmacs = new Map<string, Hmac>();
  for (const token of new Set(all)) if (token !== "") hmacs.set(token, createHmac("sha256", token));
  return {
    update(chunk) {
      for (const hmac of hmacs.values()) hmac.update(chunk);
    },
    matching() {
      const matches = new Set<string>();
      for (const [token, hmac] of hmacs) {
        const expected = hmac.digest();
        if (signature.length === expected.length && timingSafeEqual(signature, expected)) matches.add(token);
      }
      return matches;
    },
  };
}

/** The bytes of `sha256=<hex>`; undefined when it is anything else. */
export function parseSignature(header: string): Buffer | undefined {
  const hex = /^sha256=((?:[0-9a-fA-F]{2})*)$/.exec(header)?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, "hex");
}
