// Our entrypoint and sidecar beside upstream's binaries: the same job must leave the same objects in storage.
import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { besideUpstream, type Left, upstreamIsMissing } from "./beside-upstream.ts";

const sh = (script: string): string[] => ["sh", "-c", script];
const ARTIFACTS = 'cd "$HOME/../logs/artifacts"';
const READY = 'touch "$HOME/ready"';
/** Lets go when it is asked to. */
const WAITS = `trap 'echo asked; exit 3' INT TERM; ${READY}; while true; do sleep 0.05; done`;
const DEAF = `trap '' INT TERM; ${READY}; while true; do sleep 0.05; done`;

interface FinishedJSON {
  result: string;
  passed: boolean;
  metadata?: object;
}
const finishedOf = ({ objects }: Left) =>
  JSON.parse(
    String(Object.entries(objects).find(([url]) => url.endsWith("/finished.json"))?.[1].content),
  ) as FinishedJSON;

if (upstreamIsMissing) {
  describe("processes beside upstream's", () => test.skip(upstreamIsMissing!, () => {}));
} else {
  const beside = besideUpstream();

  describe("processes beside upstream's", () => {
    test("a job that passes, with artifacts and metadata", async () => {
      await beside.same({
        command: sh(
          `${ARTIFACTS} && mkdir d && echo '{"v":1}' >metadata.json && echo x >d/a.txt && ` +
            "echo '<b>' >page.html && printf '\\0\\1' >blob && gzip -nc d/a.txt >log.txt.gz && cp log.txt.gz x.odd.gz && echo h >'a#b' && echo out; echo err >&2",
        ),
      });
    });

    test("a job that fails", async () => {
      const left = await beside.same({ command: sh("echo no; exit 7") });
      expect(finishedOf(left)).toMatchObject({ result: "FAILURE", passed: false });
    });

    test("a job that a signal ends", async () => {
      await beside.same({ command: sh("kill -9 $$") });
    });

    test("a job that runs into its timeout", async () => {
      await beside.same({ command: ["sleep", "30"], timeoutMs: 500 });
    });

    test("one that does not let go then", async () => {
      await beside.same({ command: sh(DEAF), timeoutMs: 500, entrypoint: { grace_period: 2e8 } });
    });

    test("one whose own code is to be told", async () => {
      const entrypoint = { propagate_error_code: true };
      const left = await beside.same({ command: sh(WAITS), timeoutMs: 500, entrypoint });
      expect(left.codes).toMatchObject({ entrypoint: 3 });
    });

    test("a command that does not exist", async () => {
      await beside.same({ command: ["no-such-program"] });
    });

    test("one that always ends with 0", async () => {
      const left = await beside.same({ command: ["false"], entrypoint: { always_zero: true } });
      expect(left.codes).toMatchObject({ entrypoint: 0, sidecar: 0 });
      expect(finishedOf(left).result).toBe("FAILURE");
    });

    test("failures told by the sidecar's own code", async () => {
      const left = await beside.same({ command: ["false"], sidecar: { entry_error: true } });
      expect(left.codes).toMatchObject({ sidecar: 1 });
    });
  });

  describe("interrupts beside upstream's", () => {
    test("of the whole pod: the test lets go", async () => {
      const left = await beside.same({
        command: sh(WAITS),
        interrupt: { signal: "SIGTERM", to: ["entrypoint"] },
      });
      expect(finishedOf(left)).toMatchObject({ result: "ABORTED", passed: false });
      expect(left.codes).toMatchObject({ entrypoint: 130 });
    });

    test("of the whole pod: the sidecar is told as well, uploads at once, and again at the end", async () => {
      const left = await beside.same({
        command: sh(WAITS),
        interrupt: { signal: "SIGTERM", to: ["sidecar", "entrypoint"], settleMs: 1500 },
      });
      expect(finishedOf(left)).toMatchObject({ result: "ABORTED", passed: false });
    });

    test("of the whole pod: the test has to be killed", async () => {
      await beside.same({
        command: sh(DEAF),
        entrypoint: { grace_period: 2e8 },
        interrupt: { signal: "SIGTERM", to: ["entrypoint"] },
      });
    });

    test("of the sidecar, while the test goes on and passes", async () => {
      const left = await beside.same({
        command: sh(`${READY}; sleep 2; echo done`),
        interrupt: { signal: "SIGTERM", to: ["sidecar"] },
      });
      expect(finishedOf(left)).toMatchObject({ result: "SUCCESS", passed: true });
    });

    test("of a sidecar that ignores them", async () => {
      const left = await beside.same({
        command: sh(`${READY}; sleep 1; echo done`),
        sidecar: { ignore_interrupts: true },
        interrupt: { signal: "SIGTERM", to: ["sidecar"] },
      });
      expect(finishedOf(left)).toMatchObject({ result: "SUCCESS", passed: true });
    });
  });

  describe("several containers beside upstream's", () => {
    test("each with its log, their metadata in one", async () => {
      const left = await beside.same({
        containers: [
          { name: "one", command: sh(`${ARTIFACTS}; echo '{"a":1,"b":1}' >one-metadata.json; echo one`) },
          {
            name: "two",
            command: sh(`${ARTIFACTS}; echo '{"z":{"y":1.50,"x":"<&>"},"b":2}' >two-metadata.json; echo two`),
          },
        ],
      });
      expect(Object.keys(left.objects).filter((url) => url.includes("build-log"))).toHaveLength(2);
      expect(finishedOf(left).metadata).toEqual({ a: 1, b: 2, z: { x: "<&>", y: 1.5 } });
    });

    test("one after the other", async () => {
      const script = sh('echo one >>"$HOME/order"; cat "$HOME/order"');
      await beside.same({
        containers: [
          { name: "one", command: sh('sleep 0.5; echo one >"$HOME/order"') },
          { name: "two", command: script, waits: true },
        ],
      });
    });

    test("one that fails: the next is passed over", async () => {
      const left = await beside.same({
        containers: [
          { name: "one", command: sh("exit 4") },
          { name: "two", command: sh("echo never"), waits: true },
        ],
      });
      expect(JSON.stringify(left.objects)).not.toContain("never");
      expect(left.codes).toMatchObject({ entrypoint: 4 });
    });

    test("one that fails beside one that passes", async () => {
      const containers = [
        { name: "one", command: ["true"] },
        { name: "two", command: ["false"] },
      ];
      expect(finishedOf(await beside.same({ containers })).result).toBe("FAILURE");
    });
  });

  describe("metadata and secrets beside upstream's", () => {
    test("metadata that is no JSON is told", async () => {
      await beside.same({ command: sh(`${ARTIFACTS}; echo nope >metadata.json`) });
    });

    test("a process that is not listed among the entries, but in the old way", async () => {
      await beside.same({
        command: ["echo", "old"],
        placed: (at) => ({
          sidecar: {
            entries: undefined,
            wrapper_options: {
              args: ["echo", "old"],
              process_log: at("logs/process-log.txt"),
              marker_file: at("logs/marker-file.txt"),
              metadata_file: at("logs/artifacts/metadata.json"),
            },
          },
        }),
      });
    });

    test("secrets are taken out of logs and artifacts, but where they are excluded", async () => {
      const left = await beside.same({
        command: sh(
          `cat "$HOME/secrets/token"; base64 <"$HOME/secrets/token"; ${ARTIFACTS}; mkdir kept; ` +
            'cp "$HOME/secrets/token" a.txt; cp a.txt kept/b.txt',
        ),
        prepare: (at) => {
          mkdirSync(at("home/secrets"));
          writeFileSync(at("home/secrets/token"), "hunter2hunter2\n");
        },
        placed: (at) => ({
          sidecar: {
            censoring_options: {
              secret_directories: [at("home/secrets")],
              exclude_directories: ["kept/**"],
            },
          },
        }),
      });
      const text = JSON.stringify(left.objects);
      expect(text.match(/hunter2hunter2/g)).toHaveLength(1);
    });
  });
}
