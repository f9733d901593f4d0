// What a person sees of local mode: where everything is, the demo step by step, and what to try next.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { styleText } from "node:util";
import { aborted } from "../lib/aborted.ts";
import { person } from "../local/demo/person.ts";
import { playDemo } from "../local/demo/play.ts";
import { ORG, REPO } from "../local/demo/seed.ts";
import { DemoStopped } from "../local/demo/stepper.ts";
import { PROW_JOB } from "../model/prowjob.ts";
import { directoryStorage } from "../storage/directory.ts";
import type { Running } from "./component.ts";
import { readJSON } from "./read-json.ts";
import type { LocalWorld } from "./up-local.ts";

const READY_MS = 30_000;

/** Resolves to the exit code: at once after the demo with --exit, else when the process is told to stop. */
export async function playOrStay(world: LocalWorld, running: Running, began: Date): Promise<number> {
  const { host, flags, directory } = world;
  const readyMs = await becomeReady(world, running, began);
  host.out(`Cutwater is ready after ${(readyMs / 1000).toFixed(1)} s.`);
  for (const [name, value] of whereThings(world)) host.out(`  ${name.padEnd(12)} ${value}`);
  host.out("");
  const played = join(directory, "demo.json");
  const before = await readJSON<object>(played);
  let code = 0;
  if (before)
    host.out("The demo has played in this data directory before; everything goes on where it stopped.");
  else if (flags.demo && !flags["no-demo"]) {
    code = await play(world);
    if (code === 0) await writeFile(played, "{}");
  }
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
  try {
    await playDemo({
      ada: person("ada", ada, at),
      grace: person("grace", grace, at),
      margaret: person("margaret", margaret, at),
      sam: person("sam", sam, at),
      prowJobs: async () => (await kube.read.list(PROW_JOB, {})).items,
      stored: async (key) => (await storage.stat(`gs://cutwater/${key}`)) !== undefined,
      pages: { github: addresses.github, deck: addresses.deck },
      clock: host.clock,
      signal: host.signal,
      out: host.out,
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

const whatNext = ({ addresses, directory }: LocalWorld): string => `
Now it is yours:
  ${addresses.github}/${ORG}/${REPO}/pulls      open a pull request, comment as anybody, push a fix
  ${addresses.deck}/tide      why each pull request is (not) merging
  ${directory}/config      edit the configuration; it is read again at once
Ctrl-C stops everything.`;
