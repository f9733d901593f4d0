// Loads broken, hostile and absurd configurations: none may crash the loader, hold it up, or be told of without a place.
//   npm run fuzz:config -- --seed 1 --runs 1000000
import { parseInRepoConfig } from "../src/config/in-repo-config.ts";
import { type Files, loadConfig } from "../src/config/load.ts";
import type { LocatedProblem } from "../src/config/source.ts";
import { int, parseFlags } from "../src/lib/flags.ts";
import { pluginSections } from "../src/plugins/index.ts";
import { invented, SEEDS } from "./invented-config.ts";
import { mangleText, mutateText } from "./mutate.ts";
import { type Chance, seeded } from "./seeded.ts";

const { values: flags } = parseFlags(
  {
    seed: int(1, "Where chance begins."),
    runs: int(10_000, "Configurations to try."),
    "most-ms": int(100, "CPU time that one load may take, in milliseconds."),
  },
  process.argv.slice(2),
);

const WORDS = [...new Set(SEEDS.join("\n").match(/\b[a-z_]{3,}(?=:)/g))];

function hostile(kind: "config" | "jobs" | "plugins" | "inRepo", chance: Chance): string {
  if (chance.oneIn(3)) return invented(kind, chance);
  let text = chance.pick(SEEDS);
  for (let changes = chance.below(4); changes >= 0; changes--) {
    text = chance.oneIn(2) ? mangleText(text, chance) : mutateText(text, chance, WORDS);
  }
  return text;
}

function files(chance: Chance): Files & { inRepo: string } {
  const source = (path: string, text: string) => ({ path, text });
  return {
    config: source("config.yaml", chance.oneIn(2) ? hostile("config", chance) : ""),
    supplements: chance.oneIn(8) ? [source("a_prowconfig.yaml", hostile("config", chance))] : [],
    jobs: [source("jobs/a.yaml", hostile("jobs", chance))],
    plugins: source("plugins.yaml", chance.oneIn(4) ? hostile("plugins", chance) : ""),
    pluginSupplements: chance.oneIn(16) ? [source("a_pluginconfig.yaml", hostile("plugins", chance))] : [],
    inRepo: chance.oneIn(4) ? hostile("inRepo", chance) : "",
  };
}

/** Loads once; what is wrong with the outcome, or undefined. */
function load(seed: number): string | undefined {
  const all = files(seeded(seed));
  const { config, plugins, problems } = loadConfig(all, pluginSections, { now: new Date(0) });
  const inRepo = config
    ? parseInRepoConfig([{ path: ".prow.yaml", text: all.inRepo }], "o/r", config).problems
    : [];
  if (!config && !problems.some(({ level }) => level === "error")) return "no configuration, and no error";
  if (Object.hasOwn(Object.prototype, "polluted")) return "Object.prototype has been written to";
  void plugins;
  const bad = [...problems, ...inRepo].find((problem) => !wellPlaced(problem));
  return bad && `a problem that says too little: ${JSON.stringify(bad)}`;
}

const wellPlaced = ({ file, line, column, message, excerpt }: LocatedProblem): boolean =>
  Boolean(file && message && typeof excerpt === "string") && line >= 1 && column >= 1;

/** CPU time of this thread in milliseconds: other processes do not count. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function timed(seed: number): { ms: number; fault?: string } {
  const started = cpu();
  try {
    const fault = load(seed);
    return { ms: cpu() - started, ...(fault && { fault }) };
  } catch (error) {
    return { ms: cpu() - started, fault: error instanceof Error ? (error.stack ?? "") : String(error) };
  }
}

let [faults, slowest] = [0, { seed: 0, ms: 0 }];
// What is compiled on first use does not count.
for (let seed = 0; seed < 200; seed++) timed(seed);
for (let seed = flags.seed; seed < flags.seed + flags.runs; seed++) {
  let { ms, fault } = timed(seed);
  // The collector may have been at work: only what is slow each time is slow.
  for (let again = 0; ms > flags["most-ms"] && again < 3; again++) ms = Math.min(ms, timed(seed).ms);
  if (ms > slowest.ms) slowest = { seed, ms };
  if (ms > flags["most-ms"]) fault ??= `took ${ms.toFixed(0)} ms of CPU time`;
  if (!fault) continue;
  faults++;
  process.stdout.write(`seed ${seed}: ${fault}\n`);
}
process.stdout.write(
  `${flags.runs} configurations: ${faults} faults; the slowest (seed ${slowest.seed}) took ${slowest.ms.toFixed(1)} ms of CPU time\n`,
);
process.exit(faults ? 1 : 0);
