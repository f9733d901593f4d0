// Changes real configurations at random and asks Prow's own loader and ours what they make of them: the verdict must be
// the same, and where they load every record.
//   node scripts/differential-config.ts --seed 1 --runs 1000 [--corpus DIR] [--oracle prow-jobs] [--keep DIR]
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Files, loadConfig } from "../src/config/load.ts";
import { readConfigFiles } from "../src/config/read-files.ts";
import { problemText } from "../src/config/source.ts";
import { int, parseFlags, string } from "../src/lib/flags.ts";
import { isRecord } from "../src/lib/schema.ts";
import { YAMLError } from "../src/lib/yaml/load.ts";
import { jobRecords } from "./job-records.ts";
import { mutateText, mutateTree } from "./mutate.ts";
import { difference } from "./same-record.ts";
import { type Chance, seeded } from "./seeded.ts";

const { values: flags } = parseFlags(
  {
    seed: int(1, "Where chance begins."),
    runs: int(1000, "Configurations to try."),
    corpus: string(join(import.meta.dirname, "../../shared/corpus"), "Directory of deployments."),
    oracle: string(join(homedir(), ".cache/cutwater-bin/prow-jobs"), "Prow's loader."),
    keep: string("", "Directory for configurations that differ."),
  },
  process.argv.slice(2),
);

/** Larger files would only make it slower. */
const MOST_BYTES = 40_000;

interface Deployment {
  config: string;
  jobs: string[];
}

const deployments: Deployment[] = readdirSync(flags.corpus)
  .map((name) => join(flags.corpus, name))
  .filter((path) => existsSync(join(path, "config.yaml")))
  .map((path) => ({
    config: join(path, "config.yaml"),
    jobs: readdirSync(join(path, "jobs"), { recursive: true, encoding: "utf8" })
      .map((name) => join(path, "jobs", name))
      .filter((name) => /\.ya?ml$/.test(name) && statSync(name).size < MOST_BYTES),
  }));

type Texts = { config: string; jobs: Map<string, string> };

/** A main file and some job files, one or two of which have been changed. */
function variant(chance: Chance): Texts {
  const { config, jobs } = chance.pick(deployments);
  const chosen = Array.from({ length: 1 + chance.below(3) }, () => chance.pick(jobs));
  const texts: Texts = {
    config: readFileSync(config, "utf8"),
    jobs: new Map(chosen.map((path) => [basename(path), readFileSync(path, "utf8")])),
  };
  for (let changes = 1 + chance.below(2); changes > 0; changes--) {
    const name = chance.pick([...texts.jobs.keys()]);
    if (chance.oneIn(4)) texts.config = mutated(texts.config, chance);
    else texts.jobs.set(name, mutated(texts.jobs.get(name)!, chance));
  }
  return texts;
}

function mutated(text: string, chance: Chance): string {
  const words = [...new Set(text.match(/\b[a-z_]{3,}(?=:)/g) ?? ["name"])];
  if (chance.oneIn(2)) return mutateText(text, chance, words);
  try {
    return mutateTree(text, chance, words);
  } catch (error) {
    // The first of two changes has made it unreadable.
    if (error instanceof YAMLError) return text;
    throw error;
  }
}

function written(texts: Texts, directory: string): { config: string; jobs: string } {
  const paths = { config: join(directory, "config.yaml"), jobs: join(directory, "jobs") };
  mkdirSync(paths.jobs);
  writeFileSync(paths.config, texts.config);
  for (const [name, text] of texts.jobs) writeFileSync(join(paths.jobs, name), text);
  return paths;
}

interface Outcome {
  error?: string;
  records: unknown[];
}

function prows(config: string, jobs: string): Outcome | undefined {
  const { stdout, stderr, signal, status } = spawnSync(flags.oracle, [config, jobs], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const error = /^ERROR.*/ms.exec(`${stdout}\n${stderr}`)?.[0];
  if (error !== undefined) return { error, records: [] };
  // It loads, but the dump of it fails: nothing to compare with.
  if (signal || status !== 0) return undefined;
  const lines = stdout.split("\n").filter(Boolean);
  return { records: lines.map((line) => JSON.parse(line)) };
}

function ours(files: Files): Outcome {
  const { config, problems } = loadConfig(files, [], { now: new Date() });
  const errors = problems.filter(({ level }) => level === "error").map(problemText);
  if (!config) return { error: errors.join("\n"), records: [] };
  return { records: [...jobRecords(config)] };
}

function compared(prow: Outcome, we: Outcome): string | undefined {
  if (prow.error !== undefined || we.error !== undefined) {
    const same = (prow.error === undefined) === (we.error === undefined);
    return same
      ? undefined
      : `Prow: ${prow.error?.slice(0, 300) ?? "ok"}\n  we: ${we.error?.slice(0, 300) ?? "ok"}`;
  }
  for (let i = 0; i < Math.max(prow.records.length, we.records.length); i++) {
    const found = difference(prow.records[i], we.records[i]);
    const record = prow.records[i] ?? we.records[i];
    const name = isRecord(record) && isRecord(record["job"]) ? record["job"]["name"] : "";
    if (found) return `record ${i} (${String(name)}) ${found}`;
  }
  return undefined;
}

function attempt(seed: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "cutwater-differential-"));
  try {
    const paths = written(variant(seeded(seed)), directory);
    const prow = prows(paths.config, paths.jobs);
    if (!prow) return undefined;
    const files = readConfigFiles({ configPath: paths.config, jobConfigPath: paths.jobs });
    const found = compared(prow, ours(files));
    counts[prow.error === undefined ? "load" : "error"]++;
    if (found && flags.keep) {
      const kept = join(flags.keep, String(seed));
      mkdirSync(kept, { recursive: true });
      written({ config: readFileSync(paths.config, "utf8"), jobs: textsOf(paths.jobs) }, kept);
    }
    return found;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const textsOf = (directory: string): Map<string, string> =>
  new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), "utf8")]));

const counts = { load: 0, error: 0 };
let different = 0;
for (let seed = flags.seed; seed < flags.seed + flags.runs; seed++) {
  const found = attempt(seed);
  if (!found) continue;
  different++;
  process.stdout.write(`seed ${seed}: ${found}\n`);
}
process.stdout.write(
  `${flags.runs} configurations (${counts.load} load, ${counts.error} do not): ${different} different\n`,
);
process.exit(different ? 1 : 0);
