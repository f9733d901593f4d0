// Installation tokens that replicas share, so that each is fetched once and ETags, which GitHub makes for one token,
// serve all. Nobody who reads the place can use them: the App's key opens them, and who has that can make tokens anyway.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Shared } from "../shared/port.ts";

export interface SharedToken {
  value: string;
  /** Milliseconds since 1970. */
  until: number;
}

export interface Turn {
  /** So that others need not wait, whatever has become of it. */
  end(): Promise<void>;
}

/** Never rejects: who cannot have a token of others fetches one. */
export interface TokenVault {
  get(key: string): Promise<SharedToken | undefined>;
  put(key: string, token: SharedToken, now: number): Promise<void>;
  /** For one of those that want to fetch it, for so long; undefined for the others. */
  turn(key: string, forMs: number): Promise<Turn | undefined>;
  /** GitHub has refused it. */
  drop(key: string, value: string): Promise<void>;
}

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

export function tokenVault(shared: Pick<Shared, "get" | "put" | "swap">, privateKey: string): TokenVault {
  const secret = Buffer.from(hkdfSync("sha256", privateKey, "cutwater", "installation tokens", 32));

  function seal(place: string, text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, secret, iv).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** Throws for what was not sealed by this key for this place. */
  function open(place: string, text: string): string {
    const bytes = Buffer.from(text, "base64");
    const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
    const decipher = createDecipheriv(CIPHER, secret, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    const rest = bytes.subarray(IV_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(rest), decipher.final()]).toString("utf8");
  }

  const placeOf = (key: string) => `token ${key}`;
  const get = async (key: string): Promise<SharedToken | undefined> => {
    try {
      const text = await shared.get(placeOf(key));
      return text ? (JSON.parse(open(placeOf(key), text)) as SharedToken) : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    get,
    async put(key, token, now) {
      const sealed = seal(placeOf(key), JSON.stringify(token));
      await shared.put(placeOf(key), sealed, token.until - now).catch(() => {});
    },
    async turn(key, forMs) {
      const cell = `turn ${key}`;
      const owner = randomBytes(IV_BYTES).toString("hex");
      const end = async () => void (await shared.swap(cell, owner, "", 1).catch(() => {}));
      // Where nothing can be shared nobody is waited for.
      const isOurs = await shared.swap(cell, undefined, owner, forMs).then(
        ({ isDone }) => isDone,
        () => true,
      );
      return isOurs ? { end } : undefined;
    },
    async drop(key, value) {
      if ((await get(key))?.value === value) await shared.put(placeOf(key), "", 1).catch(() => {});
    },
  };
}
