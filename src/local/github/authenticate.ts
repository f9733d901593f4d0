// Tells who a request is from: a person's token, an installation's token, an App's JWT, or nobody.
import { createPublicKey, verify } from "node:crypto";
import { isRecord } from "../../lib/schema.ts";
import type { Actor } from "./access.ts";
import { ApiError } from "./api-error.ts";
import type { App } from "./records.ts";
import { account, type World } from "./world.ts";

const BAD = "Bad credentials";
/** GitHub refuses JWTs that live longer. */
const LONGEST_JWT_S = 600;
const CLOCK_SKEW_S = 60;

/** @param header the Authorization header; @param address what anonymous requests are counted by */
export function authenticate(world: World, header: string | undefined, address: string): Actor {
  const credential = header === undefined ? undefined : credentialOf(header);
  if (credential === undefined || credential === "") return { key: `anonymous ${address}` };
  if (credential.split(".").length === 3) return appActor(world, credential);
  const token = world.store.tokens.get(credential);
  if (!token) throw new ApiError(401, BAD);
  if (token.expires_at && Date.parse(token.expires_at) <= world.clock.now().getTime())
    throw new ApiError(401, BAD);
  const found = account(world, token.login);
  if (!found) throw new ApiError(401, BAD);
  if (token.installation === undefined) return { account: found, key: `user ${found.id}` };
  const installation = world.store.installations.get(String(token.installation));
  if (!installation) throw new ApiError(401, BAD);
  return {
    account: found,
    installation,
    permissions: token.permissions ?? {},
    repositoryIds: token.repository_ids ?? null,
    key: `installation ${installation.id}`,
  };
}

/** The token of `token X`, `Bearer X` or the password of Basic (as git sends it). */
function credentialOf(header: string): string | undefined {
  const [scheme = "", rest = ""] = header.split(/\s+/, 2);
  if (/^(token|bearer)$/i.test(scheme)) return rest;
  if (!/^basic$/i.test(scheme)) return undefined;
  const [name = "", password = ""] = Buffer.from(rest, "base64").toString().split(":");
  return password === "" || password === "x-oauth-basic" ? name : password;
}

function appActor(world: World, jwt: string): Actor {
  const [head = "", body = "", signature = ""] = jwt.split(".");
  const header = parsePart(head);
  const claims = parsePart(body);
  const issuer = String(claims["iss"] ?? "");
  const app = world.store.apps
    .all()
    .find((found) => String(found.id) === issuer || found.client_id === issuer);
  if (!app) throw new ApiError(401, "Integration not found");
  if (header["alg"] !== "RS256") throw new ApiError(401, "A JSON web token could not be decoded");
  const signed = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    createPublicKey(app.public_key),
    Buffer.from(signature, "base64url"),
  );
  if (!signed) throw new ApiError(401, "A JSON web token could not be decoded");
  const now = world.clock.now().getTime() / 1000;
  const expires = Number(claims["exp"]);
  const issued = Number(claims["iat"]);
  if (!(expires > now))
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (expires - now > LONGEST_JWT_S + CLOCK_SKEW_S)
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  if (!(issued <= now + CLOCK_SKEW_S))
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  return { app: app.id, key: `app ${app.id}` };
}

function parsePart(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (isRecord(value)) return value;
  } catch {
    // Said below: whatever is wrong with it, it is not a JWT.
  }
  throw new ApiError(401, "A JSON web token could not be decoded");
}

export function appOf(world: World, actor: Actor): App {
  const found = actor.app === undefined ? undefined : world.store.apps.get(String(actor.app));
  if (!found) throw new ApiError(401, "A JSON web token could not be decoded");
  return found;
}
