// Secrets in every form, put into logs and artifacts at places that chance chooses; a seed gives the same again.
import { Buffer } from "node:buffer";

/** Numbers from 0 to 1 (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Dice {
  readonly random: () => number;
  constructor(seed: number) {
    this.random = chance(seed);
  }
  below(most: number): number {
    return Math.floor(this.random() * most);
  }
  one<T>(things: readonly T[]): T {
    return things[this.below(things.length)]!;
  }
  text(alphabet: string, length: number): string {
    const letters = [...alphabet];
    return Array.from({ length }, () => this.one(letters)).join("");
  }
}

const WORDS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Without spaces at its ends, which do not count. */
const SECRETS: ((dice: Dice) => Buffer)[] = [
  (dice) => Buffer.from(dice.text(WORDS, 6)),
  (dice) => Buffer.from(`ghp_${dice.text(WORDS, 36)}`),
  (dice) => Buffer.from(`~${dice.text(`${WORDS}/+="\\<>&'!*();:@$,?#[] ~|^%{}\`-_.`, 8 + dice.below(24))}~`),
  (dice) => Buffer.from(`p${dice.text('äéß€🔑漢 /"', 8 + dice.below(8))}x`),
  (dice) => Buffer.from([1, ...Array.from({ length: 16 + dice.below(48) }, () => dice.below(256)), 255]),
  (dice) => Buffer.from(dice.text(WORDS, 100 + dice.below(300))),
  (dice) =>
    Buffer.from(`-----BEGIN KEY-----\n${dice.text(WORDS, 64)}\n${dice.text(WORDS, 64)}\n-----END KEY-----`),
];

/** A form of the secret as it is written, and what must not be found in the output. */
export interface Placement {
  how: string;
  written: string;
  leaks(output: Buffer): boolean;
}

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const exactly = (how: string, written: string): Placement => ({
  how,
  written,
  leaks: (output) => output.includes(bytes(written)),
});

/** The same, found by what a reader would decode. */
function within64(how: "base64" | "base64url", dice: Dice, secret: Buffer, offset: number): Placement {
  const before = Buffer.from(dice.text(WORDS, offset + 3 * dice.below(4)));
  const after = Buffer.from(dice.text(WORDS, dice.below(6)));
  const written = Buffer.concat([before, secret, after]).toString(how);
  const leaks = (output: Buffer) =>
    (output.toString("latin1").match(/[A-Za-z0-9+/_=-]{6,}/g) ?? []).some((run) =>
      [0, 1, 2, 3].some((at) => Buffer.from(run.slice(at), "base64").includes(secret)),
    );
  return { how: `${how} at ${offset}`, written, leaks };
}

const latin = (text: string): string => Buffer.from(text).toString("latin1");

/** As programs in other languages write it: each on its own, not by the code that is tested. */
function textForms(secret: Buffer): Placement[] {
  const text = secret.toString();
  if (!Buffer.from(text).equals(secret)) return [];
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = [...json].flatMap((character) => {
    if (character < "\u007f") return [character];
    return Array.from({ length: character.length }, (_, i) => {
      return `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
    });
  });
  const go = json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
  return [
    exactly("JSON", latin(json)),
    exactly("JSON of Python", ascii.join("")),
    exactly("JSON of Go", latin(go)),
    exactly("encodeURIComponent", encodeURIComponent(text)),
    exactly("encodeURI", encodeURI(text)),
    exactly("a form", new URLSearchParams([["", text]]).toString().slice(1)),
  ];
}

export function placement(dice: Dice, secret: Buffer): Placement {
  const all = (coded: (byte: number) => string) => [...secret].map(coded).join("");
  const kept = (byte: number) => /[A-Za-z0-9_.~-]/.test(String.fromCharCode(byte));
  const percent = (byte: number) => `%${byte.toString(16).padStart(2, "0")}`;
  const lower = all((byte) => (kept(byte) ? String.fromCharCode(byte) : percent(byte)));
  const line = `${secret.toString("latin1")}\n`;
  return dice.one<Placement>([
    exactly("raw", secret.toString("latin1")),
    exactly("raw", secret.toString("latin1")),
    exactly("base64 of a line", bytes(line).toString("base64")),
    exactly(
      "base64 in lines",
      (
        bytes(line)
          .toString("base64")
          .match(/.{1,76}/g) ?? []
      ).join("\n"),
    ),
    ...[0, 1, 2].map((offset) => within64("base64", dice, secret, offset)),
    ...[0, 1, 2].map((offset) => within64("base64url", dice, secret, offset)),
    exactly("hex", secret.toString("hex")),
    exactly("HEX", secret.toString("hex").toUpperCase()),
    exactly(
      "URL",
      lower.replace(/%../g, (coded) => coded.toUpperCase()),
    ),
    exactly("URL in small letters", lower),
    ...textForms(secret),
  ]);
}

export const someSecret = (dice: Dice): Buffer => dice.one(SECRETS)(dice);
