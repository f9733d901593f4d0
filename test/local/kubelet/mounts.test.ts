// Paths of a container become paths of this machine where they are paths, and nowhere else.
import { expect, test } from "vitest";
import { pathRewriter, rewriteValue } from "../../../src/local/kubelet/mounts.ts";

const rewrite = pathRewriter([
  { mountPath: "/logs", hostPath: "/pod/v/logs" },
  { mountPath: "/logs/deep", hostPath: "/pod/v/deep" },
  { mountPath: "/tmp/", hostPath: "/pod/v/tmp" },
]);

test.each([
  ["/logs", "/pod/v/logs"],
  ["/logs/artifacts", "/pod/v/logs/artifacts"],
  ["/logs/deep/x", "/pod/v/deep/x"],
  ["/logs/deeper", "/pod/v/logs/deeper"],
  ["--dir=/logs --log /logs/a.txt", "--dir=/pod/v/logs --log /pod/v/logs/a.txt"],
  ["cat </logs/a >'/tmp/b' && cd \"/logs\"", "cat </pod/v/logs/a >'/pod/v/tmp/b' && cd \"/pod/v/logs\""],
  ["PATH=/bin:/tmp/bin", "PATH=/bin:/pod/v/tmp/bin"],
  ["see /logs.", "see /pod/v/logs."],
])("rewrites %j", (text, want) => {
  expect(rewrite(text)).toBe(want);
});

test.each([
  "/logsearch",
  "/logs.txt",
  "/logs-old",
  "gs://bucket/logs/x",
  "./logs",
  "../logs",
  "a/logs",
  "$HOME/logs",
  "$" + "{X}/logs",
])("leaves %j alone", (text) => {
  expect(rewrite(text)).toBe(text);
});

test("looks into JSON at any depth, past its escapes", () => {
  const inner = JSON.stringify({ args: ["sh", "-c", "echo\n/logs/x >/tmp/y"], timeout: 7200000000000 });
  const text = JSON.stringify({ inner, list: ["/logs"] });
  const found = JSON.parse(rewrite(text));
  expect(found.list).toEqual(["/pod/v/logs"]);
  expect(JSON.parse(found.inner)).toEqual({
    args: ["sh", "-c", "echo\n/pod/v/logs/x >/pod/v/tmp/y"],
    timeout: 7200000000000,
  });
  const go = '{"args":["true \\u003e/logs/x \\u0026\\u0026 ls"]}';
  expect(JSON.parse(rewrite(go)).args).toEqual(["true >/pod/v/logs/x && ls"]);
});

test("what tells of the world outside stays as it is", () => {
  expect(rewriteValue("PULL_TITLE", "clean /tmp up", rewrite)).toBe("clean /tmp up");
  expect(rewriteValue("ARTIFACTS", "/logs/artifacts", rewrite)).toBe("/pod/v/logs/artifacts");
});
