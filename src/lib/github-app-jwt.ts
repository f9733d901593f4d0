// How a GitHub App proves that it is itself: a short token signed with its private key.
import { createSign } from "node:crypto";

/** GitHub takes at most 10 minutes; back-dated and short, it stays valid with a clock one minute off either way. */
const BACKDATE_S = 60;
const LIFE_S = 8 * 60;

/** `privateKey` is PEM, PKCS#1 or PKCS#8. */
export function githubAppJWT(appId: string, privateKey: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iat: seconds - BACKDATE_S, exp: seconds + LIFE_S, iss: appId };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}
