// Compares what somebody gives with a secret.
import { timingSafeEqual } from "node:crypto";

/** In a time that tells nothing of how much of it is right. */
export function sameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
