// Jobs that print and keep secrets in every form, through the whole sidecar: what of it is uploaded?
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "vitest";
import { ours } from "./pipeline.ts";
import { Dice, type Placement, placement, someSecret } from "./secret-placements.ts";

const SECRETS = 6;
export const PLACEMENTS_OF_A_JOB = 50;
/** What is read at once: a secret across it is a secret in two chunks. */
const CHUNK = 65_536;

interface File {
  name: string;
  content: Buffer;
  placed: Placement[];
}

const latin = (text: string): Buffer => Buffer.from(text, "latin1");

/** Lines with secrets between lines without; some lie across the end of a chunk. */
function fileOf(dice: Dice, name: string, placed: Placement[]): File {
  let content = "";
  for (const [index, { written }] of placed.entries()) {
    content += `line ${index} of ${name}\n`;
    const next = CHUNK * Math.ceil((content.length + written.length) / CHUNK);
    if (dice.random() < 0.2) content += "-".repeat(next - content.length - dice.below(written.length + 1));
    content += `begins ${written} ends\n`;
  }
  return { name, content: latin(`${content}last line of ${name}\n`), placed };
}

/** Rounds of chance with one job each. Returns how many placements were looked for; throws at the first leak. */
export async function censoredJob(seed: number): Promise<number> {
  const dice = new Dice(seed);
  const root = mkdtempSync(join(tmpdir(), "placements-"));
  const at = (path: string) => join(root, path);
  for (const path of ["secrets", "logs/artifacts/deep", "out", "tree"])
    mkdirSync(at(path), { recursive: true });
  try {
    const secrets = Array.from({ length: SECRETS }, () => someSecret(dice));
    for (const [index, secret] of secrets.entries())
      writeFileSync(
        at(`secrets/${index}`),
        dice.random() < 0.5 ? secret : Buffer.concat([secret, latin("\n")]),
      );
    const placed = Array.from({ length: PLACEMENTS_OF_A_JOB }, () => placement(dice, dice.one(secrets)));
    const share = (part: number) => placed.filter((_, index) => index % 5 === part);
    const log = fileOf(dice, "log", share(0));
    const plain = fileOf(dice, "deep/plain.txt", share(1));
    const packed = fileOf(dice, "packed.log", share(2));
    const inTar = fileOf(dice, "in-tar.txt", share(3));
    const inTarGz = fileOf(dice, "in-tar-gz.txt", share(4));
    const artifact = (name: string) => at(`logs/artifacts/${name}`);
    writeFileSync(at("logs/log"), log.content);
    writeFileSync(artifact(plain.name), plain.content);
    writeFileSync(artifact("packed.log.gz"), gzipSync(packed.content));
    for (const { name, content } of [inTar, inTarGz]) writeFileSync(at(`tree/${name}`), content);
    const tar = (...args: string[]) => execFileSync("tar", ["-C", at("tree"), ...args]);
    tar("-cf", artifact("a.tar"), inTar.name);
    tar("-czf", artifact("b.tar.gz"), inTarGz.name);
    writeFileSync(at("tree/clean.txt"), "nothing here\n");
    const zip = (name: string, file: string) =>
      execFileSync("zip", ["-q", "-j", artifact(name), at(`tree/${file}`)]);
    zip("c.zip", inTar.name);
    zip("clean.zip", "clean.txt");
    await sidecarIn(root);

    const uploaded = (name: string) => readFileSync(at(`out/${name}`));
    const opened = (archive: string, name: string) =>
      execFileSync("tar", ["-xO", "-f", at(`out/artifacts/${archive}`), name], { maxBuffer: 1e9 });
    check(seed, log, uploaded("build-log.txt"));
    check(seed, plain, uploaded(`artifacts/${plain.name}`));
    check(seed, packed, gunzipSync(uploaded("artifacts/packed.log")));
    check(seed, inTar, opened("a.tar", inTar.name));
    check(seed, inTarGz, opened("b.tar", inTarGz.name));
    expect(existsSync(at("out/artifacts/c.zip")), `seed ${seed}: a zip with secrets is uploaded`).toBe(false);
    expect(existsSync(at("out/artifacts/clean.zip"))).toBe(true);
    for (const name of ["finished.json", "sidecar-logs.json"])
      for (const one of placed)
        expect(one.leaks(uploaded(name)), `seed ${seed}: ${name} holds ${one.how}`).toBe(false);
    expect(readdirSync(at("out")).sort()).toContain("finished.json");
    return placed.length + inTar.placed.length;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Nothing of the secrets is there, and all of the rest is: as many bytes, and every line. */
function check(seed: number, { name, content, placed }: File, output: Buffer): void {
  for (const one of placed) expect(one.leaks(output), `seed ${seed}: ${name} leaks ${one.how}`).toBe(false);
  expect(output.length, `seed ${seed}: ${name} has another length`).toBe(content.length);
  const lines = output.toString("latin1").match(new RegExp(`line \\d+ of ${name}\n`, "g")) ?? [];
  expect([lines.length, output.includes(`last line of ${name}\n`)]).toEqual([placed.length, true]);
}

async function sidecarIn(root: string): Promise<void> {
  const at = (path: string) => join(root, path);
  writeFileSync(at("logs/marker"), "0");
  const entry = {
    args: ["x"],
    process_log: at("logs/log"),
    marker_file: at("logs/marker"),
    metadata_file: "",
  };
  const options = {
    gcs_options: {
      items: [at("logs/artifacts")],
      local_output_dir: at("out"),
      path_strategy: "explicit",
    },
    entries: [entry],
    censoring_options: { secret_directories: [at("secrets")] },
  };
  const spec = { type: "periodic", job: "leaky", buildid: "1", prowjobid: "x" };
  const env = { JOB_SPEC: JSON.stringify(spec), SIDECAR_OPTIONS: JSON.stringify(options) };
  expect(await ours("sidecar", env)).toBe(0);
}
