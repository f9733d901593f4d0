// Whatever a tool is given wrongly, it says one clear thing, exits with 1 and prints nothing else.
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkconfig } from "../../src/cmd/checkconfig.ts";
import type { Command } from "../../src/cmd/command.ts";
import { mkpj } from "../../src/cmd/mkpj.ts";
import { mkpod } from "../../src/cmd/mkpod.ts";
import { owners } from "../../src/cmd/owners.ts";
import { render } from "../../src/cmd/render.ts";
import { whyRunCommand } from "../../src/cmd/why-run.ts";
import { run } from "./tool-run.ts";

const directory = mkdtempSync(join(tmpdir(), "cutwater-tools-"));
const at = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
const good = at("config.yaml", "pod_namespace: a\n");
const empty = at("empty.yaml", " \n");
const list = at("list.yaml", "- a\n- b\n");
const broken = at("broken.yaml", "a: [\n");
const pod = at("pod.yaml", "kind: Pod\nmetadata: {name: a}\n");
const absent = join(directory, "absent.yaml");

const readers: [string, Command, string[]][] = [
  ["checkconfig", checkconfig, []],
  ["render", render, []],
  ["mkpj", mkpj, ["--job=a"]],
  ["why-run", whyRunCommand, ["a"]],
];

describe.each(readers)("%s", (_name, tool, more) => {
  test.each<[what: string, argv: string[], message: RegExp]>([
    ["no configuration", [], /--config-path is missing/],
    ["a path that is not there", ["--config-path", absent], /cannot be read: there is no such file/],
    ["a directory", ["--config-path", directory], /is a directory; a file is wanted/],
    ["an empty file", ["--config-path", empty], /is empty/],
    ["a list", ["--config-path", list], /list\.yaml:1:1: error: expected a map/],
    ["no YAML", ["--config-path", broken], /broken\.yaml:\d+:\d+: error/],
    [
      "no jobs",
      ["--config-path", good, "--job-config-path", absent],
      /--job-config-path .* there is no such file/,
    ],
    [
      "an empty job file",
      ["--config-path", good, "--job-config-path", empty],
      /--job-config-path .* is empty/,
    ],
    ["plugins that are a directory", ["--config-path", good, "--plugin-config", directory], /is a directory/],
  ])("%s", async (_what, argv, message) => {
    const before = readdirSync(directory);
    const { code, out, err } = await run(tool, [...argv, ...more]);
    expect(code).toBe(1);
    expect(out + err).toMatch(message);
    expect(readdirSync(directory)).toEqual(before);
  });
});

test.each<[string, Command, string[], RegExp]>([
  [
    "an unknown warning",
    checkconfig,
    ["--config-path", good, "--warnings=nope"],
    /no such warning "nope", valid/,
  ],
  ["an unknown format", checkconfig, ["--config-path", good, "--format=xml"], /--format=xml is not known/],
  [
    "a path without a name",
    checkconfig,
    ["--config-path", good, "--prow-yaml-path=x"],
    /--prow-yaml-repo-name/,
  ],
  [
    "a path without a repository's jobs",
    checkconfig,
    ["--config-path", good, "--prow-yaml-repo-name=o/r", "--prow-yaml-path", good],
    /neither .prow.yaml nor .prow is there/,
  ],
  ["an argument too many", checkconfig, ["--config-path", good, "what"], /unexpected argument "what"/],
  [
    "expensive checks without a token",
    checkconfig,
    ["--config-path", good, "--plugin-config", at("p.yaml", "{}\n# \n"), "--warnings=verify-owners-presence"],
    /without a GitHub token/,
  ],
  ["one configuration of two", render, ["--diff", good], /render --diff OLD NEW/],
  [
    "nothing in a directory",
    render,
    ["--diff", directory, join(directory, "..", "nowhere")],
    /nowhere cannot be read/,
  ],
  ["an unknown shape", render, ["--config-path", good, "--as=deployment"], /--as=deployment is not known/],
  ["a job that is not there", render, ["--config-path", good, "--job=unit"], /Job unit not found/],
  ["no job", mkpj, ["--config-path", good], /required flag --job was unset/],
  ["no ProwJob", mkpod, [], /required flag --prow-job was unset/],
  ["a ProwJob that is not there", mkpod, ["--prow-job", absent], /there is no such file/],
  ["a directory for a ProwJob", mkpod, ["--prow-job", directory], /is a directory; a file is wanted/],
  ["an empty ProwJob", mkpod, ["--prow-job", empty], /is empty/],
  ["another object", mkpod, ["--prow-job", pod], /holds a Pod; a ProwJob is wanted/],
  ["a list for a ProwJob", mkpod, ["--prow-job", list], /holds no object/],
  [
    "a place without --local",
    mkpod,
    ["--prow-job", pod, "--out-dir=x"],
    /out-dir may only be specified in --local/,
  ],
  ["no path", owners, ["--dir", directory], /which paths\?/],
  ["a file for a checkout", owners, ["--dir", good, "a"], /is a file; it is the root of a checkout/],
  ["a path outside", owners, ["--dir", directory, "../a"], /is not below/],
  ["no job to explain", whyRunCommand, ["--config-path", good], /which job\?/],
])("%s", async (_what, tool, argv, message) => {
  const { code, out, err } = await run(tool, argv);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(message);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
});
