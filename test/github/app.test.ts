// Authentication as a GitHub App, and how the App comes to be.
import { generateKeyPairSync, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { appManifest, convertManifestCode, createAppUrl } from "../../src/github/app-setup.ts";
import { httpServer } from "../lib/http-server.ts";
import { API, connect, github, pr, testClock, tool } from "./world.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const auth = { appId: "42", privateKey: pem };

const installed = (...orgs: string[]) => orgs.map((login, at) => ({ id: at + 1, account: { login } }));
const token = (value: string, expires: string) => ({ token: value, expires_at: expires });

describe("a GitHub App", () => {
  it("signs a JWT that GitHub accepts with a clock a minute off either way", async () => {
    let header = "";
    const authorization = (value: string | null) => {
      header = String(value);
      return true;
    };
    github(API, { headers: { authorization } }).get("/app").reply(200, { slug: "cutwater" });
    expect(await connect({ auth }).read.botLogin()).toBe("cutwater[bot]");
    const [head = "", claims = "", signature = ""] = header.replace("Bearer ", "").split(".");
    expect(
      verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, "base64url")),
    ).toBe(true);
    const { iat, exp, iss } = JSON.parse(Buffer.from(claims, "base64url").toString());
    const now = testClock().now().getTime() / 1000;
    expect(iss).toBe("42");
    expect(iat).toBeLessThanOrEqual(now - 60);
    expect(exp).toBeGreaterThan(now + 60);
    expect(exp).toBeLessThan(now - 60 + 600);
  });

  it("fetches one installation token for all who ask at once, and a new one 5 minutes before its end", async () => {
    const clock = testClock();
    github(API)
      .get("/app/installations?per_page=100")
      .reply(200, installed("other", "Acme"))
      .post("/app/installations/2/access_tokens")
      .reply(201, token("ghs_1", "2025-06-01T13:00:00Z"));
    const { read, gitToken } = connect({ auth, clock });
    const tokens = await Promise.all(Array.from({ length: 100 }, () => gitToken(tool)));
    expect(new Set(tokens)).toEqual(new Set(["ghs_1"]));
    github(API, { headers: { authorization: "token ghs_1" } })
      .get(/labels/)
      .reply(200, []);
    await read.issueLabels(pr);
    await clock.sleep(54 * 60_000);
    expect(await gitToken(tool)).toBe("ghs_1");
    await clock.sleep(60_000);
    github(API).post("/app/installations/2/access_tokens").reply(201, token("ghs_2", "2025-06-01T14:00:00Z"));
    expect(await gitToken(tool)).toBe("ghs_2");
  });

  it("gets a new token when GitHub refuses the one it has, once", async () => {
    github(API)
      .get(/installations/)
      .reply(200, installed("acme"))
      .post(/access_tokens/)
      .reply(201, token("revoked", "2025-06-01T13:00:00Z"))
      .post(/access_tokens/)
      .reply(201, token("fresh", "2025-06-01T13:00:00Z"));
    github(API, { headers: { authorization: "token revoked" } })
      .get(/labels/)
      .reply(401, { message: "Bad credentials" });
    github(API, { headers: { authorization: "token fresh" } })
      .get(/labels/)
      .reply(200, [{ name: "a" }]);
    expect(await connect({ auth }).read.issueLabels(pr)).toHaveLength(1);
  });

  it("tries again after a failure to get a token", async () => {
    github(API)
      .get(/installations/)
      .reply(500);
    const { gitToken } = connect({ auth, maxTries: 1 });
    await expect(gitToken(tool)).rejects.toThrow();
    github(API)
      .get(/installations/)
      .reply(200, installed("acme"))
      .post(/access_tokens/)
      .reply(201, token("t", "2025-06-01T13:00:00Z"));
    expect(await gitToken(tool)).toBe("t");
  });

  it("says where it is not installed, and notices within a minute when it is", async () => {
    const clock = testClock();
    github(API)
      .get(/installations/)
      .reply(200, []);
    const { gitToken } = connect({ auth, clock });
    await expect(gitToken(tool)).rejects.toThrow("the GitHub App 42 is not installed in acme");
    await expect(gitToken(tool)).rejects.toThrow("not installed"); // without asking again
    await clock.sleep(60_000);
    github(API)
      .get(/installations/)
      .reply(200, installed("acme"))
      .post(/access_tokens/)
      .reply(201, token("t", "2025-06-01T14:00:00Z"));
    expect(await gitToken(tool)).toBe("t");
  });
});

describe("the App's manifest", () => {
  const appYaml = readFileSync(new URL("../../app.yml", import.meta.url), "utf8");

  it("asks for no more than Cutwater needs", () => {
    const manifest = JSON.parse(
      appManifest(appYaml, { redirectUrl: "http://me/setup", webhookUrl: "https://me/hook", name: "my-ci" }),
    );
    expect(manifest).toMatchObject({
      name: "my-ci",
      public: false,
      redirect_url: "http://me/setup",
      hook_attributes: { url: "https://me/hook", active: true },
    });
    expect(manifest.default_permissions).toEqual({
      contents: "write",
      issues: "write",
      pull_requests: "write",
      statuses: "write",
      checks: "write",
      administration: "read",
      members: "read",
      metadata: "read",
    });
  });

  it("is posted to the user's or the organisation's settings", () => {
    expect(createAppUrl("https://github.com", "a b")).toBe(
      "https://github.com/settings/apps/new?state=a%20b",
    );
    expect(createAppUrl("https://ghe.test/", "s", "acme")).toBe(
      "https://ghe.test/organizations/acme/settings/apps/new?state=s",
    );
  });

  it("comes back as credentials, once", async () => {
    const answer = {
      id: 5,
      slug: "my-ci",
      pem,
      webhook_secret: "w",
      html_url: "https://github.test/apps/my-ci",
    };
    let left = 1;
    const server = await httpServer((request, response) => {
      const isThere =
        request.method === "POST" && request.url === "/app-manifests/c0de/conversions" && left-- > 0;
      response.writeHead(isThere ? 201 : 404, { "content-type": "application/json" });
      response.end(
        JSON.stringify(isThere ? { ...answer, client_secret: "not kept" } : { message: "Not Found" }),
      );
    });
    const endpoint = server.url;
    expect(await convertManifestCode(endpoint, "c0de")).toEqual(answer);
    await expect(convertManifestCode(endpoint, "c0de")).rejects.toThrow(
      "could not be fetched from its manifest code",
    );
    server.close();
  });
});
