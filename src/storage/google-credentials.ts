// A file of Google credentials as a client that signs requests.
import { readFile } from "node:fs/promises";
import type { AuthClient } from "google-auth-library";
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

/** What a service account signs with; undefined for credentials of another kind. */
export async function signingKey(
  file: string,
): Promise<{ client_email: string; private_key: string } | undefined> {
  const { type, client_email, private_key } = await parsed(file);
  return type === "service_account" && typeof client_email === "string" && typeof private_key === "string"
    ? { client_email, private_key }
    : undefined;
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
