// The byte strings by which a secret could show up in a log: as it is, and as tools commonly encode it.

/** Shorter ones would match by chance, so for them only the forms that Prow censors count. */
const LONG_ENOUGH = 6;

/**
 * Longest first, without duplicates. `minimumLength` is in bytes of the trimmed secret. `true` and `false` are
 * switches that live in secrets, not secrets.
 */
export function secretForms(secrets: Iterable<Buffer>, minimumLength = 0): Buffer[] {
  const forms = new Map<string, Buffer>();
  const add = (form: Buffer | string): void => {
    const bytes = typeof form === "string" ? Buffer.from(form) : form;
    if (bytes.length > 0) forms.set(bytes.toString("latin1"), bytes);
  };
  for (const secret of secrets) {
    const trimmed = trim(secret);
    if (trimmed.length === 0 || trimmed.length < minimumLength) continue;
    if (/^(?:true|false)$/i.test(trimmed.toString("latin1"))) continue;
    add(trimmed);
    for (const bytes of [secret, trimmed]) add(bytes.toString("base64"));
    if (trimmed.length >= LONG_ENOUGH) for (const form of encoded(trimmed)) add(form);
  }
  return [...forms.values()].sort((a, b) => b.length - a.length);
}

function encoded(secret: Buffer): string[] {
  const text = secret.toString("utf8");
  const hex = secret.toString("hex");
  const json = JSON.stringify(text).slice(1, -1);
  const url = secret.toString("utf8") === text && !text.includes("\ufffd") ? encodeURIComponent(text) : "";
  const base64 = [0, 1, 2].flatMap((offset) => base64Within(secret, offset));
  return [hex, hex.toUpperCase(), json, url, secret.toString("base64url"), ...base64];
}

/** What is sure to appear when the secret is encoded as a part of something longer, `offset` bytes into a group. */
function base64Within(secret: Buffer, offset: number): string[] {
  const start = offset === 0 ? 0 : 3 - offset;
  const whole = secret.subarray(start, start + Math.floor((secret.length - start) / 3) * 3);
  return whole.length < LONG_ENOUGH ? [] : [whole.toString("base64"), whole.toString("base64url")];
}

function trim(secret: Buffer): Buffer {
  const space = (byte: number | undefined) =>
    byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
  let [start, end] = [0, secret.length];
  while (start < end && space(secret[start])) start++;
  while (end > start && space(secret[end - 1])) end--;
  return secret.subarray(start, end);
}
