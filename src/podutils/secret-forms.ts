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
    if (trimmed.length < LONG_ENOUGH) continue;
    for (const form of encoded(trimmed)) add(form);
    // As `echo $SECRET | base64` has it.
    for (const bytes of [secret, trimmed, Buffer.concat([trimmed, Buffer.from("\n")])])
      for (const form of wrapped(bytes.toString("base64"))) add(form);
  }
  return [...forms.values()].sort((a, b) => b.length - a.length);
}

function encoded(secret: Buffer): string[] {
  const hex = secret.toString("hex");
  const base64 = [0, 1, 2].flatMap((offset) => base64Within(secret, offset));
  return [
    hex,
    hex.toUpperCase(),
    ...inJSON(secret),
    ...inURL(secret),
    secret.toString("base64url"),
    ...base64,
  ];
}

/** Within a string; programs differ in what they escape without need. */
function inJSON(secret: Buffer): string[] {
  const text = secret.toString("utf8");
  if (!Buffer.from(text).equals(secret)) return [];
  const least = JSON.stringify(text).slice(1, -1);
  const unicode = (characters: RegExp) => (json: string) =>
    json.replace(characters, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const [forGo, forPython] = [unicode(/[<>&\u2028\u2029]/g), unicode(/[\u007f-\uffff]/g)];
  return [least, forGo(least), forPython(least), forPython(least.replaceAll("/", "\\/"))];
}

/** What is left as it is: by RFC 3986, JavaScript, Python, Go in a path, a whole URL, forms. */
const UNRESERVED = "-_.~";
const LEFT_IN_URLS = [UNRESERVED, "-_.!~*'()", "-_.~/", "-_.~$&+:=@", "-_.!~*'();,/?:@&=+$#", "*-._"];

function inURL(secret: Buffer): string[] {
  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (escaping) => escaping.toLowerCase());
  const escaped = LEFT_IN_URLS.map((left) => percentEncoded(secret, left));
  const all = [...escaped, ...escaped.map((text) => text.replaceAll("%20", "+"))];
  return all.flatMap((text) => [text, lower(text)]);
}

function percentEncoded(secret: Buffer, left: string): string {
  const escaping = (byte: number): string => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9]/.test(character) || left.includes(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  };
  return [...secret].map(escaping).join("");
}

/** The characters that are sure to appear when the secret is encoded as a part of something longer, `offset` bytes into a group. */
function base64Within(secret: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), secret]);
  const [start, end] = [Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)];
  return (["base64", "base64url"] as const).map((how) => padded.toString(how).slice(start, end));
}

/** In lines, as programs write what is long. */
function wrapped(base64: string): string[] {
  return [64, 76].flatMap((columns) => {
    if (base64.length <= columns) return [];
    const lines = base64.match(new RegExp(`.{1,${columns}}`, "g")) ?? [];
    return [lines.join("\n"), lines.join("\r\n")];
  });
}

function trim(secret: Buffer): Buffer {
  const space = (byte: number | undefined) =>
    byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
  let [start, end] = [0, secret.length];
  while (start < end && space(secret[start])) start++;
  while (end > start && space(secret[end - 1])) end--;
  return secret.subarray(start, end);
}
