// The App that the components sign in as, as the set-up interface of the emulated GitHub takes it.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadYAML } from "../../src/lib/yaml/load.ts";
import { ORG } from "./people.ts";

export const BOT = "cutwater[bot]";
export const APP_ID = 4711;

const appFile = () =>
  loadYAML(readFileSync(new URL("../../app.yml", import.meta.url), "utf8")) as {
    default_permissions: Record<string, string>;
    default_events: string[];
  };

/** What an App is told. */
export const eventsOfApp = (): string[] => appFile().default_events;

/** As `seed` takes it, installed in the org. `url`: where its webhooks lead. */
export const appOf = ({ key, secret, url }: { key: string; secret: string; url: string }) => ({
  ...{ name: "Cutwater", owner: ORG, id: APP_ID, key, webhook_secret: secret, hook_url: url },
  ...{ permissions: appFile().default_permissions, events: eventsOfApp() },
  installations: [{ account: ORG }],
});

export const privateKey = (): string =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;
