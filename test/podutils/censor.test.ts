// No form of a secret gets through, wherever chunks end; and what cannot be searched is held back.
import { mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { deflateRawSync, gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { censorOf } from "../../src/podutils/censor.ts";
import { censoredCopy, censorFiles } from "../../src/podutils/censor-files.ts";
import { secretForms } from "../../src/podutils/secret-forms.ts";
import { loadSecrets } from "../../src/podutils/secrets.ts";
import { zipContains } from "../../src/podutils/zip.ts";

const SECRET = 'p4ss/w"ord+é';
const censor = (...secrets: string[]) => censorOf(secretForms(secrets.map((secret) => Buffer.from(secret))));
const through = async (chunks: Buffer[], secrets: string[]) =>
  (await buffer(Readable.from(chunks).pipe(censor(...secrets).stream()))).toString();

test.each([
  ["as it is", SECRET],
  ["in base64", Buffer.from(SECRET).toString("base64")],
  ["in base64 with its newline", Buffer.from(`${SECRET}\n`).toString("base64")],
  ["in hexadecimal", Buffer.from(SECRET).toString("hex")],
  ["in a URL", encodeURIComponent(SECRET)],
  ["in JSON", JSON.stringify(SECRET).slice(1, -1)],
])("hides a secret %s, in chunks of any size", async (_how, form) => {
  const text = Buffer.from(`before ${form} between ${form}${form} after\n`);
  for (let size = 1; size <= text.length; size++) {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.subarray(i * size, (i + 1) * size),
    );
    const output = await through(chunks, [`${SECRET}\n`]);
    expect(output).not.toContain(form);
    expect(output).toMatch(/^before X+ between X+ after\n$/);
  }
});

test("hides a secret inside a longer base64 text, at each of the three offsets", () => {
  const secret = "correct horse battery";
  for (const prefix of ["", "u", "us", "user:"]) {
    const encoded = Buffer.from(`${prefix}${secret};tail`).toString("base64");
    const decoded = Buffer.from(censor(secret).bytes(Buffer.from(encoded)).toString(), "base64").toString();
    expect(decoded).not.toContain("horse");
  }
});

test("hides secrets that overlap", () => {
  expect(censor("abcdef", "defghi").bytes(Buffer.from("-abcdefghi-")).toString()).toBe("-XXXXXXXXX-");
});

test("leaves switches and short values alone", () => {
  const forms = secretForms(
    [Buffer.from("true"), Buffer.from("False\n"), Buffer.from("abc"), Buffer.from(" \n")],
    4,
  );
  expect(forms).toEqual([]);
});

test("finds the parts of registry logins and INI files", async () => {
  const directory = await mkdtemp(join(tmpdir(), "secrets-"));
  const auths = { "r.example": { auth: "dXNlcjpwdw==", password: "hunter2" } };
  await writeFile(join(directory, ".dockerconfigjson"), JSON.stringify({ auths }));
  await writeFile(join(directory, "aws"), "[default]\naws_key = AKIA123\n# note = no\n");
  await writeFile(join(directory, "..data"), "bookkeeping");
  const found = (await loadSecrets([directory], ["aws"])).map(String);
  expect(found).toEqual(expect.arrayContaining(["dXNlcjpwdw==", "hunter2", "AKIA123"]));
  expect(found).not.toContain("bookkeeping");
  await expect(loadSecrets([join(directory, "absent")])).rejects.toThrow("ENOENT");
});

test("censors files, gzip contents too; logs into copies, since their process still writes", async () => {
  const directory = await mkdtemp(join(tmpdir(), "files-"));
  const at = (name: string) => join(directory, name);
  await writeFile(at("log"), "the secret hunter2");
  await writeFile(at("a.txt"), "hunter2");
  await writeFile(at("a.gz"), gzipSync("zipped hunter2"));
  await writeFile(at("skipped.txt"), "hunter2");
  await writeFile(at("fake.zip"), "PK\u0003\u0004 not really");
  const { failed } = await censorFiles(
    [at("log")],
    [directory],
    { exclude_directories: ["skipped.*"] },
    censor("hunter2"),
  );
  expect([...failed.keys()]).toEqual([at("fake.zip")]);
  expect(await readFile(censoredCopy(at("log")), "utf8")).toBe("the secret XXXXXXX");
  expect(await readFile(at("a.txt"), "utf8")).toBe("XXXXXXX");
  expect(gunzipSync(await readFile(at("a.gz"))).toString()).toBe("zipped XXXXXXX");
  expect(await readFile(at("skipped.txt"), "utf8")).toBe("hunter2");
  await expect(stat(at(".tmp-censor-a.txt"))).rejects.toThrow();
});

test("a zip archive is searched entry by entry, up to what all of them unpack to", async () => {
  const zip = (contents: string[], packed = true) => {
    const entries: Buffer[] = [];
    const directory: Buffer[] = [];
    let offset = 0;
    for (const content of contents) {
      const data = packed ? deflateRawSync(content) : Buffer.from(content);
      const local = Buffer.alloc(30);
      local.writeUInt32LE(0x04034b50);
      const entry = Buffer.alloc(46);
      entry.writeUInt32LE(0x02014b50);
      entry.writeUInt16LE(packed ? 8 : 0, 10);
      entry.writeUInt32LE(data.length, 20);
      entry.writeUInt32LE(offset, 42);
      entries.push(local, data);
      directory.push(entry);
      offset += 30 + data.length;
    }
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50);
    end.writeUInt16LE(contents.length, 10);
    end.writeUInt32LE(offset, 16);
    return Buffer.concat([...entries, ...directory, end]);
  };
  expect(zipContains(zip(["a", "the secret hunter2"]), censor("hunter2"), 1000)).toBe(true);
  expect(zipContains(zip(["a".repeat(600), "b".repeat(400)]), censor("hunter2"), 1000)).toBe(false);
  for (const packed of [true, false]) {
    const bomb = zip(["a".repeat(600), "b".repeat(401)], packed);
    expect(() => zipContains(bomb, censor("hunter2"), 1000)).toThrow("unpacks to more");
  }
});

test("never censors what a link leads to", async () => {
  const directory = await mkdtemp(join(tmpdir(), "files-"));
  const at = (name: string) => join(directory, name);
  await mkdir(at("volume/items"), { recursive: true });
  await mkdir(at("secrets"));
  await writeFile(at("secrets/key"), "hunter2");
  await symlink(at("secrets/key"), at("volume/log"));
  await symlink(at("secrets"), at("volume/linked"));
  await symlink(at("secrets/key"), at("volume/items/.tmp-censor-a"));
  await writeFile(at("volume/items/a"), "hunter2");
  const items = [at("volume/items"), at("volume/linked"), at("volume/linked/key")];
  const { failed } = await censorFiles([at("volume/log")], items, {}, censor("hunter2"), [at("volume")]);
  expect([...failed.keys()].sort()).toEqual(
    [at("volume/items/a"), at("volume/linked"), at("volume/linked/key"), at("volume/log")].sort(),
  );
  expect(await readFile(at("secrets/key"), "utf8")).toBe("hunter2");
  expect(await readdir(at("secrets"))).toEqual(["key"]);
});
