// Our pod utilities beside upstream's binaries: the same job must leave the same objects in storage.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/lib/clock.ts";
import { openStorage } from "../../src/storage/open.ts";
import { freePort } from "../contracts/free-port.ts";
import { type Job, makeRepo, ours, type Repo, runJob, upstream } from "./pipeline.ts";

const binaries = join(homedir(), ".cache/cutwater-bin");
const missing = ["clonerefs", "initupload", "entrypoint", "sidecar", "fake-gcs-server"].find(
  (name) => !existsSync(join(binaries, name)),
);

if (missing) {
  describe("pod utilities beside upstream's", () =>
    test.skip(`${missing} is missing: run ../shared/bin/unpack.sh`, () => {}));
} else {
  let server: ChildProcess;
  let endpoint = "";
  let repo: Repo;
  beforeAll(async () => {
    repo = makeRepo();
    const root = mkdtempSync(join(tmpdir(), "parity-"));
    for (const bucket of ["ours", "upstream"]) mkdirSync(join(root, bucket));
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    const flags = ["-scheme", "http", "-port", String(port), "-filesystem-root", root];
    server = spawn(join(binaries, "fake-gcs-server"), [...flags, "-public-host", `127.0.0.1:${port}`], {
      stdio: "ignore",
    });
    const answers = () =>
      fetch(`${endpoint}/storage/v1/b`).then(
        () => true,
        () => false,
      );
    while (!(await answers())) await systemClock.sleep(50);
  });
  afterAll(() => server.kill());

  const both = async (job: Omit<Job, "env" | "bucket" | "repo">) => {
    const of = async (bucket: string, run: Parameters<typeof runJob>[1]) => {
      const env = { STORAGE_EMULATOR_HOST: endpoint };
      const result = await runJob({ ...job, env, bucket, repo }, run);
      const all = Object.entries(await objectsBelow(endpoint, bucket));
      const objects = Object.fromEntries(all.filter(([url]) => url.includes(`/${job.build ?? "42"}`)));
      return { ...result, objects: normalised(objects, result.root, bucket) };
    };
    return { upstream: await of("upstream", upstream(binaries)), ours: await of("ours", ours) };
  };

  describe("pod utilities beside upstream's", () => {
    test("a job that passes, with artifacts and metadata", async () => {
      const found = await both({
        command: [
          "sh",
          "-c",
          'cd "$HOME/../logs/artifacts" && mkdir d && echo \'{"v":1}\' >metadata.json && echo x >d/a.txt && ' +
            "echo '<b>' >page.html && printf '\\0\\1' >blob && gzip -nc d/a.txt >log.txt.gz && cp log.txt.gz x.odd.gz && echo h >'a#b' && echo out; echo err >&2",
        ],
      });
      expect(found.ours.codes).toEqual(found.upstream.codes);
      expect(found.ours.objects).toEqual(found.upstream.objects);
      const head = (at: string) => execFileSync("git", ["rev-parse", "HEAD"], { cwd: at, encoding: "utf8" });
      expect(head(found.ours.code)).toBe(head(found.upstream.code));
    });

    test("a job that fails", async () => {
      const found = await both({ build: "2", command: ["sh", "-c", "echo no; exit 7"] });
      expect(found.ours.codes).toEqual(found.upstream.codes);
      expect(found.ours.objects).toEqual(found.upstream.objects);
    });

    test("a job that runs into its timeout", async () => {
      const found = await both({ build: "3", command: ["sleep", "30"], timeoutMs: 500 });
      expect(found.ours.codes).toEqual(found.upstream.codes);
      expect(found.ours.objects).toEqual(found.upstream.objects);
    });

    test("a command that does not exist", async () => {
      const found = await both({ build: "4", command: ["no-such-program"] });
      expect(found.ours.codes).toEqual(found.upstream.codes);
      expect(found.ours.objects).toEqual(found.upstream.objects);
    });
  });
}

type Objects = Record<
  string,
  { content: string; contentType?: string; contentEncoding?: string; metadata?: object }
>;

async function objectsBelow(endpoint: string, bucket: string): Promise<Objects> {
  const store = openStorage({ gcsEndpoint: endpoint });
  const objects: Objects = {};
  const visit = async (prefix: string): Promise<void> => {
    const { objects: found, prefixes } = await store.list(prefix);
    for (const { url, contentType, contentEncoding, metadata } of found) {
      const content = Buffer.from(await new Response(await store.read(url)).arrayBuffer()).toString("latin1");
      objects[url] = { content, contentType, contentEncoding, metadata };
    }
    for (const next of prefixes) await visit(next);
  };
  await visit(`gs://${bucket}/`);
  return objects;
}

/** What differs by nature: times, durations, places, and the words of each program's own log. */
function normalised(objects: Objects, root: string, bucket: string): Objects {
  const text = (value: string): string =>
    value
      .replaceAll(root, "/pod")
      .replaceAll(`gs://${bucket}/`, "gs://bucket/")
      .replace(/"(timestamp|duration)":\d+/g, '"$1":0')
      .replace(/"time":"[^"]*"/g, '"time":""')
      .replace(/"(?:file|func)":"[^"]*",/g, "")
      .replace(/runtime: [^\s)]+/g, "runtime: 0s")
      .replace("--end-of-options ", "")
      // Set when upstream's images are built.
      .replaceAll('"component":"unset"', '"component":"entrypoint"');
  const entries = Object.entries(objects).map(([url, object]) => {
    const own = /clone-log.txt|clone-records.json|sidecar-logs.json/.test(url);
    const content = own ? "" : text(object.content);
    const json = url.endsWith(".json") && content ? JSON.parse(content) : content;
    return [
      text(url),
      { ...object, content: json, metadata: JSON.parse(text(JSON.stringify(object.metadata ?? null))) },
    ];
  });
  return Object.fromEntries(entries);
}
