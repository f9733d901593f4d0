// What local mode signs and signs in with; made once and kept in its data directory.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DemoPerson, PEOPLE } from "../../local/demo/seed.ts";
import { readJSON } from "../process/read-json.ts";

export interface LocalSecrets {
  /** The GitHub App's. */
  privateKey: string;
  webhookSecret: string;
  /** Opens the emulator's set-up interface. */
  adminToken: string;
  /** Opens the Kubernetes API; in the kubeconfig too. */
  kubeToken: string;
  tokens: Record<DemoPerson, string>;
}

/** Hard to guess: 160 bits. */
export const secret = (): string => randomBytes(20).toString("hex");

export async function localSecrets(directory: string): Promise<LocalSecrets> {
  const file = join(directory, "secrets.json");
  const known = await readJSON<LocalSecrets>(file);
  if (known) return known;
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });

  const tokens = Object.fromEntries(PEOPLE.map((login) => [login, `ghp_${secret()}`])) as Record<
    DemoPerson,
    string
  >;
  const made = { privateKey, webhookSecret: secret(), adminToken: secret(), kubeToken: secret(), tokens };
  await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
