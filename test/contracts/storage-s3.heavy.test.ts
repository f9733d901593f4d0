// The storage contract on Amazon's client against moto, and where its credentials come from.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStorage } from "../../src/storage/open.ts";
import { type Moto, motoIsMissing, startMoto } from "./moto.ts";
import { storageContract } from "./storage.ts";

if (motoIsMissing) describe("storage: S3", () => test.skip(motoIsMissing!, () => {}));
else {
  let moto: Moto;
  let directory = "";
  let credentials = "";
  const file = (name: string, content: unknown) => {
    const path = join(directory, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const place = () => ({ region: "us-east-1", endpoint: moto.url, s3_force_path_style: true });

  beforeAll(async () => {
    moto = await startMoto();
    directory = mkdtempSync(join(tmpdir(), "cutwater-s3-"));
    await fetch(`${moto.url}/bucket`, { method: "PUT" });
    credentials = file("keys.json", { ...place(), access_key: "AKIA", secret_key: "secret" });
  });
  afterAll(() => {
    moto.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const keyed = () => openStorage({ s3CredentialsFile: credentials });

  storageContract("S3", async () => ({ store: keyed(), root: "s3://bucket/suite/" }));

  describe("S3", () => {
    test("a signed address is everybody's for a while", async () => {
      const store = keyed();
      await store.write("s3://bucket/signed/a b#.txt", "for you");
      const address = await store.sign("s3://bucket/signed/a b#.txt", 60);
      expect(new URL(address!).searchParams.get("X-Amz-Expires")).toBe("60");
      expect(await (await fetch(address!)).text()).toBe("for you");
    });

    test.each([
      ["no JSON", "{", "not JSON"],
      ["not a map", "[]", "expected a map"],
      ["half a key", { access_key: "AKIA" }, "access_key and secret_key go together"],
      ["a number", { region: 7 }, "region must be a string"],
    ])("a file of credentials with %s is told", async (name, content, why) => {
      const path = file(`${name}.json`, content);
      const store = openStorage({ s3CredentialsFile: path });
      await expect(store.stat("s3://bucket/x")).rejects.toThrow(`${path}: ${why}`);
    });

    test("a bucket that does not exist is told", async () => {
      await expect(keyed().list("s3://nowhere/x/")).rejects.toMatchObject({ status: 404 });
      await expect(keyed().write("s3://nowhere/x", "y")).rejects.toThrow("s3://nowhere/x");
    });

    // The chain of credentials reads the environment of its process: each is tried in a process of its own.
    const inProcess = (env: Record<string, string>) => {
      const url = new URL("../../src/storage/open.ts", import.meta.url).href;
      const script = `
        const { openStorage } = await import(${JSON.stringify(url)});
        const store = openStorage({ s3CredentialsFile: ${JSON.stringify(file("place.json", place()))} });
        await store.write("s3://bucket/role", process.argv[1]);
        process.stdout.write((await store.stat("s3://bucket/role")).size + "");`;
      const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script, "-"], {
        env: { PATH: process.env["PATH"], HOME: directory, ...env },
        encoding: "utf8",
        timeout: 60_000,
      });
      return stdout || stderr;
    };

    test("a web identity (IRSA) is exchanged for a role's keys", () => {
      const env = {
        AWS_WEB_IDENTITY_TOKEN_FILE: file("token", "a.jwt.of-the-pod"),
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/uploader",
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL_STS: moto.url,
      };
      expect(inProcess(env)).toBe("1");
    });

    test("a machine's role is asked of its metadata service", () => {
      expect(inProcess({ AWS_EC2_METADATA_SERVICE_ENDPOINT: moto.url })).toBe("1");
    });
  });
}
