// A file of Google credentials as a client that signs requests.
import { readFile } from "node:fs/promises";
import type { AuthClient, GoogleAuth } from "google-auth-library";
import { isRecord } from "../lib/schema.ts";
import { StorageError } from "./error.ts";

/** What the storage library itself asks for. */
const SCOPES = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/devstorage.full_control",
];

/** Each kind by its own constructor, as Google asks for: a file must not pass for another kind than is meant. */
export async function googleCredentials(file: string): Promise<AuthClient> {
  const { ExternalAccountClient, JWT, UserRefreshClient } = await import("google-auth-library");
  const json = await parsed(file);
  const text = (key: string): string | undefined => (typeof json[key] === "string" ? json[key] : undefined);
  const universeDomain = text("universe_domain");
  switch (json["type"]) {
    case "service_account":
      return new JWT({
        email: text("client_email"),
        key: text("private_key"),
        keyId: text("private_key_id"),
        scopes: SCOPES,
        ...(universeDomain && { universeDomain }),
      });
    case "authorized_user":
      return new UserRefreshClient({
        clientId: text("client_id"),
        clientSecret: text("client_secret"),
        refreshToken: text("refresh_token"),
      });
    case "external_account": {
      type Options = Parameters<typeof ExternalAccountClient.fromJSON>[0];
      const client = ExternalAccountClient.fromJSON(json as unknown as Options);
      if (client) {
        client.scopes = SCOPES;
        return client;
      }
    }
  }
  throw new StorageError(
    0,
    `${file}: credentials of type ${JSON.stringify(json["type"])}; use service_account, authorized_user or external_account`,
  );
}

/** What signs addresses with a service account's key; undefined for credentials of another kind. */
export async function signer(file: string): Promise<GoogleAuth | undefined> {
  const json = await parsed(file);
  if (json["type"] !== "service_account") return undefined;
  const { GoogleAuth } = await import("google-auth-library");
  const auth = new GoogleAuth({ authClient: await googleCredentials(file) });
  // The key is looked for here, not in the client.
  auth.jsonContent = json;
  return auth;
}

/** Access tokens of the file's account, without a file of the machine's own; each as long as it holds. */
export function googleToken(file?: string): () => Promise<string> {
  let client: Promise<AuthClient> | undefined;
  return async () => {
    client ??= file ? googleCredentials(file) : ownCredentials();
    try {
      const { token } = await (await client).getAccessToken();
      if (token) return token;
      throw new Error("no access token was given");
    } catch (error) {
      client = undefined;
      throw new StorageError(0, `Google credentials: ${(error as Error).message}`, { cause: error });
    }
  };
}

async function ownCredentials(): Promise<AuthClient> {
  const { GoogleAuth } = await import("google-auth-library");
  return new GoogleAuth({ scopes: SCOPES }).getClient();
}

async function parsed(file: string): Promise<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(await readFile(file, "utf8"));
    if (isRecord(json)) return json;
    throw new Error("expected a map");
  } catch (error) {
    throw new StorageError(0, `Google credentials ${file}: ${(error as Error).message}`, { cause: error });
  }
}
