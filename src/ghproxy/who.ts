// Whose request it is: the partition of the cache that may answer it, and the budget that it spends.
import { hash } from "node:crypto";

/** Headers by which Prow's clients tell ghproxy of their tokens. */
const BUDGET_HEADER = "X-PROW-GHCACHE-TOKEN-BUDGET-IDENTIFIER";
const EXPIRY_HEADER = "X-PROW-TOKEN-EXPIRES-AT";

export interface Who {
  /** Digest of the Authorization header, so that it can stand in names of files. */
  partition: string;
  /** What metrics go by, as the client says: an App's installation has many tokens, one after another. */
  budget: string;
  /** When the token is over; undefined for one that never is. */
  expiresAt: Date | undefined;
}

const digest = (text: string): string => hash("sha256", text);

export function whoAsks(headers: Headers): Who {
  const authorization = headers.get("authorization") ?? "";
  const expiry = Date.parse(headers.get(EXPIRY_HEADER) ?? "");
  return {
    partition: digest(authorization),
    budget: headers.get(BUDGET_HEADER) || digest(authorization || "unknown"),
    expiresAt: Number.isNaN(expiry) ? undefined : new Date(expiry),
  };
}
