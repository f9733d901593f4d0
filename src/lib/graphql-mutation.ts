// Whether a request to GraphQL would change something, told by its body.
import { isRecord } from "./schema.ts";

/** Rather once too often: what can not be understood, or a field of that name, counts as a change too. */
export function mayMutate(body: string): boolean {
  try {
    const request: unknown = JSON.parse(body);
    return !isRecord(request) || typeof request["query"] !== "string" || MUTATION.test(request["query"]);
  } catch {
    return true;
  }
}

const MUTATION = /\bmutation\b/;
