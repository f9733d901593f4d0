// Prints what one pull request costs of GitHub's API, from opened to merged, beside what real Prow was recorded to spend;
// and whether many at once (--storm 1000; 0 for none) keep to GitHub's limits.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { simplifyPath } from "../src/github/request-metrics.ts";
import { figure } from "./figure.ts";
import { storm } from "./storm/storm.ts";
import { tell as tellStorm } from "./storm/tell.ts";

const root = join(import.meta.dirname, "..");
const shared = join(root, "..", "shared");
const kit = join(shared, "conformance");
const SCENARIO = "tide-lifecycle";
const REPO = `acme/${SCENARIO}`;
/** The first question about a person may come before the first about the repository. */
const BEFORE_MS = 1_000;

const KINDS = ["REST reads", "REST writes", "GraphQL"] as const;
type Kind = (typeof KINDS)[number];

/** The kit's README has them, by component; tide looks every 2 s. */
const PROW: Record<Kind, number> = { "REST reads": 39, "REST writes": 17, GraphQL: 11 };
/** Hook hears all webhooks here, so that it need not read what they tell. */
const GOALS: Record<Kind, number> = { "REST reads": 8, "REST writes": 17, GraphQL: 11 };

/** An hour is a minute and a half, in which this machine can make more contents than GitHub lets. */
const STORM_FASTER = 40;

/** A line of the fake GitHub's log of requests. */
interface Entry {
  /** When it was answered. */
  t: number;
  method: string;
  path: string;
  status: number;
  token: string;
  kind: "rest" | "graphql" | "git";
  write: boolean;
  repo?: string;
}

function whatIsMissing(): string | undefined {
  if (!existsSync(join(kit, "run.py"))) return `the conformance kit is not in ${kit}`;
  const found = (command: string, ...args: string[]) =>
    spawnSync(command, args, { stdio: "ignore" }).status === 0;
  if (!found("etcd", "--version")) return "etcd is not installed (apt-get install etcd-server)";
  if (!found("python3", "-c", "import yaml")) return "Python 3 with PyYAML is not installed";
  return undefined;
}

/** Plays the scenario against our components; all that they asked of GitHub, in order. */
function play(directory: string): Entry[] {
  const unpacked = spawnSync(join(shared, "bin", "unpack.sh"), { encoding: "utf8" });
  if (unpacked.status !== 0) throw new Error(`${shared}/bin/unpack.sh: ${unpacked.stderr}`);
  const bin = unpacked.stdout.trim();
  const driver = join(kit, "drivers", "cutwater.yaml");
  const args = [
    "--check",
    "--driver",
    driver,
    "--fakegh",
    join(bin, "fakegh"),
    "--only",
    SCENARIO,
    "--work",
    directory,
  ];
  const { status, stdout, stderr } = spawnSync(join(kit, "run.py"), args, {
    encoding: "utf8",
    env: {
      ...process.env,
      SUT_BIN: join(root, "bin"),
      KUBE_BIN: bin,
      PROWJOB_CRD: join(root, "config/k8s/prowjob-crd.yaml"),
    },
  });
  if (status !== 0) throw new Error(`the scenario did not end as recorded:\n${stdout}${stderr}`);
  const log = readFileSync(join(directory, "requests.jsonl"), "utf8").trim().split("\n");
  return log.map((line) => JSON.parse(line) as Entry);
}

interface Life {
  seconds: number;
  entries: Entry[];
}

/** From the first request about the repository to the merge, and what the merge itself brings about there. */
function lifeOf(log: readonly Entry[]): Life {
  const opened = log.find(({ repo }) => repo === REPO)?.t;
  const merged = log.find(
    ({ method, path, repo }) => method === "PUT" && repo === REPO && path.endsWith("/merge"),
  )?.t;
  if (opened === undefined || merged === undefined) throw new Error("the pull request was not merged");
  const entries = log.filter(({ repo, t }) =>
    repo === undefined ? t >= opened - BEFORE_MS && t <= merged : repo === REPO,
  );
  return { seconds: (merged - opened) / 1000, entries: entries.filter(({ kind }) => kind !== "git") };
}

function print({ seconds, entries }: Life): void {
  const components = [...new Set(entries.map(componentOf))].sort();
  console.log(`One pull request, ${seconds.toFixed(1)} s from opened to merged. Requests to GitHub:`);
  row("", [...KINDS]);
  for (const component of components)
    row(
      component,
      KINDS.map((kind) => String(count(entries, kind, component))),
    );
  row(
    "together",
    KINDS.map((kind) => String(count(entries, kind))),
  );
  row(
    "real Prow",
    KINDS.map((kind) => String(PROW[kind])),
  );
  for (const component of components) {
    console.log(`\n${component}:`);
    const own = entries.filter((entry) => componentOf(entry) === component);
    const routes = Map.groupBy(own, ({ method, path }) => `${method} ${simplifyPath(path)}`);
    for (const [route, asked] of [...routes].sort((a, b) => b[1].length - a[1].length)) {
      const unchanged = asked.filter(({ status }) => status === 304).length;
      console.log(
        `${String(asked.length).padStart(4)} ${route}${unchanged ? ` (${unchanged} unchanged: 304)` : ""}`,
      );
    }
  }
  console.log("");
  for (const kind of KINDS) tell(kind, count(entries, kind));
}

const row = (name: string, cells: string[]): void =>
  console.log(name.padEnd(12) + cells.map((cell) => cell.padStart(13)).join(""));

const componentOf = ({ token }: Entry): string => token.replace(/^token-/, "");

const kindOf = ({ kind, write }: Entry): Kind =>
  kind === "graphql" ? "GraphQL" : write ? "REST writes" : "REST reads";

const count = (entries: readonly Entry[], kind: Kind, component?: string): number =>
  entries.filter((entry) => kindOf(entry) === kind && (!component || componentOf(entry) === component))
    .length;

function tell(kind: Kind, value: number): void {
  const goal = GOALS[kind];
  const prow = PROW[kind];
  const bench = `api-${kind.toLowerCase().replace(" ", "-")}`;
  figure(kind, bench, value, "requests", { most: goal });
  figure(`The same as a share of real Prow's ${prow}`, `${bench}-ratio`, value / prow, "of Prow's", {
    most: goal / prow,
  });
}

const { values } = parseArgs({ options: { storm: { type: "string", default: "20" } } });
const missing = whatIsMissing();
if (missing) {
  console.log(`bench:api is skipped: ${missing}.`);
} else {
  const directory = mkdtempSync(join(tmpdir(), "cutwater-bench-api-"));
  try {
    print(lifeOf(play(directory)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
const pulls = Number(values.storm);
if (pulls > 0) tellStorm(pulls, await storm({ count: pulls, talk: 1, faster: STORM_FASTER }));
