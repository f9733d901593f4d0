// The image's rules, read from the Dockerfile: what runs as whom, and nothing that is not needed is in it.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { components, root } from "./manifests.ts";

interface Instruction {
  word: string;
  rest: string;
}

/** Instructions by stage; a heredoc belongs to its RUN. */
function stagesOf(text: string): Instruction[][] {
  const stages: Instruction[][] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const match = /^([A-Z]+) (.*)$/.exec(lines[at]!);
    if (!match) continue;
    let rest = match[2]!;
    while (rest.endsWith("\\")) rest = `${rest.slice(0, -1)}\n${lines[++at]}`;
    const end = /<<'(\w+)'$/.exec(rest)?.[1];
    while (end && lines[at] !== end) rest += `\n${lines[++at]}`;
    const instruction = { word: match[1]!, rest };
    if (instruction.word === "FROM") stages.push([instruction]);
    else stages.at(-1)!.push(instruction);
  }
  return stages;
}

const stages = stagesOf(readFileSync(join(root, "Dockerfile"), "utf8"));
const image = stages.at(-1)!;
const all = (word: string, stage = image) =>
  stage.filter((each) => each.word === word).map(({ rest }) => rest);

test("the last stage begins empty and runs nothing, so there is no shell and no package manager in it", () => {
  expect(stages.length).toBeGreaterThan(1);
  expect(all("FROM")).toEqual(["scratch"]);
  expect(all("RUN")).toEqual([]);
  expect(all("ADD")).toEqual([]);
});

test("it runs as the numeric user that the manifests name, never as root", () => {
  expect(all("USER")).toHaveLength(1);
  const [uid, gid] = all("USER")[0]!.split(":").map(Number);
  for (const { workload } of components) {
    const { runAsUser, runAsGroup } = workload.spec.template.spec.securityContext;
    expect({ runAsUser, runAsGroup }).toEqual({ runAsUser: uid, runAsGroup: gid });
  }
  expect(uid).toBeGreaterThan(0);
});

/** How bin/cutwater starts a component, with the image's places. */
function startOf(component: string): string[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "cutwater-start-")));
  try {
    for (const path of ["bin", "node_modules/node/bin"]) mkdirSync(join(folder, path), { recursive: true });
    copyFileSync(join(root, "bin/cutwater"), join(folder, "bin/cutwater"));
    const node = join(folder, "node_modules/node/bin/node");
    writeFileSync(node, '#!/bin/sh\necho "$0" "$@"\n', { mode: 0o755 });
    const started = execFileSync(join(folder, "bin/cutwater"), [component], { encoding: "utf8" });
    return started.trim().replaceAll(folder, "/app").split(" ").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("it starts the TypeScript sources on the packaged Node, as bin/cutwater does", () => {
  expect(JSON.parse(all("ENTRYPOINT")[0]!)).toEqual(startOf("deck"));
  expect(existsSync(join(root, "src/main.ts"))).toBe(true);
  for (const { container } of components)
    expect(container.command ?? startOf("deck")).toEqual(startOf(container.args[0]!));
});

test("what is written by itself goes to volumes that every component has", () => {
  const environment = Object.fromEntries(
    all("ENV").flatMap((rest) => rest.split(" ").map((pair) => pair.split("="))),
  );
  const written = [environment["HOME"], environment["XDG_CACHE_HOME"]];
  for (const { container, workload } of components) {
    const writable = container.volumeMounts
      .filter(({ name }) => workload.spec.template.spec.volumes.find((each) => each.name === name)?.emptyDir)
      .map(({ mountPath }) => mountPath);
    for (const path of written)
      expect(writable.some((mount) => `${path}/`.startsWith(`${mount}/`))).toBe(true);
  }
});

test("dependencies come from the lockfile, for production only, and no install script but Node's runs", () => {
  const npm = stages.flatMap((stage) => all("RUN", stage)).filter((run) => run.includes("npm "));
  expect(npm).toHaveLength(1);
  expect(npm[0]).toMatch(/npm ci .*--omit=dev .*--ignore-scripts/);
  expect(npm[0]!.split("npm ").slice(2)).toEqual(["rebuild node"]);
});

test("git is in it, with what it starts over HTTPS, and the certificates that this needs", () => {
  const run = stages.flatMap((stage) => all("RUN", stage)).join("\n");
  for (const part of ["/rootfs/usr/bin/git", "git-remote-https", "ca-certificates.crt", "ldd "])
    expect(run).toContain(part);
  expect(all("COPY")).toContain("--from=system /rootfs /");
});

test("the context holds only what is copied, so that no secret of the folder gets into a layer", () => {
  const lines = readFileSync(join(root, ".dockerignore"), "utf8").trim().split("\n");
  expect(lines[0]).toBe("*");
  const copied = stages
    .flatMap((stage) => all("COPY", stage))
    .filter((rest) => !rest.startsWith("--from="))
    .flatMap((rest) => rest.split(" ").slice(0, -1));
  expect(
    lines
      .slice(1)
      .map((line) => line.replace(/^!/, ""))
      .toSorted(),
  ).toEqual(copied.toSorted());
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
