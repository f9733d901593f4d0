// What a person sees of local mode: where everything is, the demo step by step, and what to try next.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { styleText } from "node:util";
import { problemText } from "../../config/source.ts";
import { aborted } from "../../lib/waiting/aborted.ts";
import { person } from "../../local/demo/person.ts";
import { playDemo, STEPS } from "../../local/demo/play.ts";
import { ORG, REPO } from "../../local/demo/seed.ts";
import { DemoStopped } from "../../local/demo/stepper.ts";
import { PROW_JOB } from "../../model/prowjob.ts";
import { directoryStorage } from "../../storage/directory.ts";
import { type ConfigAgent, jobCount } from "../config/config-agent.ts";
import { readJSON } from "../process/read-json.ts";
import type { Running } from "../surroundings.ts";
import type { LocalWorld } from "./local.ts";

const READY_MS = 30_000;
const RECORD = "demo.json";

/** How far the demo has come in this data directory. */
interface Played {
  steps: number;
  finished: boolean;
}

const playedBefore = ({ steps, finished }: Played): string =>
  finished
    ? "The demo has played in this data directory before; everything goes on where it stopped."
    : `The demo in this data directory stopped after step ${steps} of ${STEPS}; use a new --data to see it whole.`;

/** Resolves to the exit code: at once after the demo with --exit, else when the process is told to stop. */
export async function playOrStay(
  world: LocalWorld,
  running: Running,
  { began, config }: { began: Date; config: ConfigAgent },
): Promise<number> {
  const { host, flags, directory } = world;
  const readyMs = await becomeReady(world, running, began);
  host.out(`Cutwater is ready after ${(readyMs / 1000).toFixed(1)} s.`);
  for (const [name, value] of whereThings(world)) host.out(`  ${name.padEnd(12)} ${value}`);
  host.out("");
  tellOfConfig(world, config);
  const before = await readJSON<Played>(join(directory, RECORD));
  let code = 0;
  if (before) host.out(playedBefore(before));
  else if (flags.demo && !flags["no-demo"]) code = await play(world);
  if (flags.report)
    await writeFile(flags.report, JSON.stringify({ readyMs, residentBytes: process.memoryUsage.rss() }));
  if (flags.exit || host.signal.aborted) return code;
  if (code === 0) host.out(whatNext(world));
  await aborted(host.signal);
  host.out("Stopping.");
  return code;
}

async function becomeReady({ host }: LocalWorld, running: Running, began: Date): Promise<number> {
  const since = () => host.clock.now().getTime() - began.getTime();
  while (!running.ready() && !host.signal.aborted) {
    if (since() > READY_MS) throw new Error("not every component became ready within 30 s; see cutwater.log");
    await host.clock.sleep(10, host.signal);
  }
  return since();
}

const whereThings = ({ addresses, directory, flags, kubeconfig }: LocalWorld): [string, string][] => [
  ["Deck", addresses.deck],
  ["GitHub", `${addresses.github}/${ORG}/${REPO}`],
  ["Kubernetes", `kubectl --kubeconfig ${kubeconfig} get prowjobs,pods -A`],
  ["Data", flags.data ? directory : `${directory} (removed at the end; keep it with --data DIR)`],
];

async function play({ host, addresses, secrets, directory, kube }: LocalWorld): Promise<number> {
  const at = { url: addresses.github, org: ORG, repo: REPO };
  const { ada, grace, margaret, sam } = secrets.tokens;
  const storage = directoryStorage({ root: join(directory, "storage") });
  const record = (played: Played) => writeFile(join(directory, RECORD), JSON.stringify(played));
  await record({ steps: 0, finished: false });
  try {
    await playDemo({
      ada: person("ada", ada, at),
      grace: person("grace", grace, at),
      margaret: person("margaret", margaret, at),
      sam: person("sam", sam, at),
      prowJobs: async () => (await kube.read.list(PROW_JOB, {})).items,
      async stored(key) {
        const url = `gs://cutwater/${key}`;
        return (await storage.stat(url)) && new Response(await storage.read(url)).text();
      },
      pages: { github: addresses.github, deck: addresses.deck },
      clock: host.clock,
      signal: host.signal,
      out: host.out,
      progress: (steps) => record({ steps, finished: steps === STEPS }),
    });
    return 0;
  } catch (error) {
    if (!(error instanceof DemoStopped)) throw error;
    host.err(
      `${styleText("red", "The demo ended early:")} ${error.message}. The log is in ${directory}/cutwater.log.`,
    );
    return host.signal.aborted ? 0 : 1;
  }
}

/** A person who edits the configuration sees at once what came of it. */
function tellOfConfig({ host }: LocalWorld, config: ConfigAgent): void {
  config.onReload(() => {
    const { config: main, plugins } = config.status();
    const problem = [main, plugins]
      .flatMap((half) => half?.problems ?? [])
      .find(({ level }) => level === "error");
    host.out(
      problem
        ? `configuration not taken: ${problemText(problem)}`
        : `configuration read again: ${jobCount(config.config())} jobs`,
    );
  });
}

const whatNext = ({ addresses, directory }: LocalWorld): string => `
Now it is yours:
  ${addresses.github}/${ORG}/${REPO}/pulls      open a pull request, comment as anybody, push a fix
  ${addresses.deck}/tide      why each pull request is (not) merging
  ${directory}/config      edit the configuration; it is read again at once
Ctrl-C stops everything.`;
