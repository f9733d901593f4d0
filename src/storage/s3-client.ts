// A client of S3 or of a server that speaks it, from Prow's file of credentials or from what the machine has.
import { readFile } from "node:fs/promises";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { isRecord } from "../lib/schema.ts";
import { StorageError } from "./error.ts";

/** Fields of `--s3-credentials-file`, as in Prow. */
interface Credentials {
  region?: string;
  /** Of a server other than Amazon's, with or without scheme. */
  endpoint?: string;
  /** No TLS, for an endpoint without scheme. */
  insecure?: boolean;
  s3_force_path_style?: boolean;
  access_key?: string;
  secret_key?: string;
  session_token?: string;
}

export interface S3Options {
  /** Prow's JSON of region, endpoint and keys. Without it, the machine's own role. */
  credentialsFile?: string;
  /** For a file that names none; default us-east-1. */
  region?: string;
}

const DEFAULT_REGION = "us-east-1";

/**
 * Without a file, or without keys in it, the SDK's own chain answers: environment, web identity (IRSA), container, shared
 * files, instance metadata. It renews what expires.
 */
export async function connectS3({ credentialsFile, region }: S3Options): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const given = credentialsFile ? await credentialsIn(credentialsFile) : {};
  return new S3Client(configOf({ region: region || DEFAULT_REGION, ...given }));
}

function configOf(given: Credentials): S3ClientConfig {
  const { region, endpoint, access_key: accessKeyId, secret_key: secretAccessKey } = given;
  return {
    region,
    // A bucket of another region says so.
    followRegionRedirects: true,
    ...(endpoint && { endpoint: withScheme(endpoint, given.insecure) }),
    ...(given.s3_force_path_style && { forcePathStyle: true }),
    // Servers other than Amazon's do not know its newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(accessKeyId &&
      secretAccessKey && {
        credentials: {
          accessKeyId,
          secretAccessKey,
          ...(given.session_token && { sessionToken: given.session_token }),
        },
      }),
  };
}

const withScheme = (endpoint: string, insecure = false): string =>
  endpoint.includes("://") ? endpoint : `${insecure ? "http" : "https"}://${endpoint}`;

async function credentialsIn(file: string): Promise<Credentials> {
  const wrong = (why: string, cause?: unknown) =>
    new StorageError(0, `S3 credentials ${file}: ${why}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw wrong(error instanceof SyntaxError ? "not JSON" : (error as Error).message, error);
  }
  if (!isRecord(json)) throw wrong("expected a map with region, access_key and secret_key");
  const text = (key: keyof Credentials): string | undefined => {
    const value = json[key];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") throw wrong(`${key} must be a string`);
    return value;
  };
  const credentials = {
    ...(text("region") && { region: text("region") }),
    endpoint: text("endpoint"),
    access_key: text("access_key"),
    secret_key: text("secret_key"),
    session_token: text("session_token"),
    insecure: json["insecure"] === true,
    s3_force_path_style: json["s3_force_path_style"] === true,
  };
  if (Boolean(credentials.access_key) !== Boolean(credentials.secret_key))
    throw wrong("access_key and secret_key go together; leave both out to use the machine's own role");
  return credentials;
}
