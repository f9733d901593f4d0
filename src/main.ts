// The program: the first word names a command, which is loaded only then.
import type { Command, Host } from "./cmd/command.ts";
import { keepCompiledCode } from "./cmd/process/cache-place.ts";
import { tellFailure } from "./cmd/process/failure.ts";
import { endWithReader, processHost } from "./cmd/process/process-host.ts";
import { VERSION } from "./cmd/process/version.ts";
import { describeFlags, parseFlags, UsageError } from "./lib/flags.ts";
import { nearest } from "./lib/nearest.ts";

interface Entry {
  name: string;
  aliases?: string[];
  group: "start here" | "components" | "tools" | "inside pods";
  summary: string;
  load(): Promise<Command>;
}

const COMMANDS: Entry[] = [
  {
    name: "up",
    group: "start here",
    summary: "Everything in one process; with --local also a GitHub and a cluster to try it on.",
    load: async () => (await import("./cmd/up.ts")).up,
  },
  {
    name: "hook",
    group: "components",
    summary: "Takes GitHub's webhooks in and runs the plugins.",
    load: async () => (await import("./cmd/hook.ts")).hook,
  },
  {
    name: "plank",
    aliases: ["prow-controller-manager"],
    group: "components",
    summary: "Gives each ProwJob its pod and follows it to the end.",
    load: async () => (await import("./cmd/plank.ts")).plank,
  },
  {
    name: "tide",
    group: "components",
    summary: "Merges pull requests that are ready; says of every other one why not.",
    load: async () => (await import("./cmd/tide.ts")).tide,
  },
  {
    name: "crier",
    group: "components",
    summary: "Reports jobs to GitHub and to object storage.",
    load: async () => (await import("./cmd/crier.ts")).crier,
  },
  {
    name: "deck",
    group: "components",
    summary: "Shows jobs, pull requests, tide and the commands.",
    load: async () => (await import("./cmd/deck.ts")).deck,
  },
  {
    name: "horologium",
    group: "components",
    summary: "Starts periodic jobs.",
    load: async () => (await import("./cmd/horologium.ts")).horologium,
  },
  {
    name: "sinker",
    group: "components",
    summary: "Cleans up old jobs and pods.",
    load: async () => (await import("./cmd/sinker.ts")).sinker,
  },
  {
    name: "tot",
    group: "components",
    summary: "Numbers the builds of every job.",
    load: async () => (await import("./cmd/tot.ts")).tot,
  },
  {
    name: "ghproxy",
    group: "components",
    summary: "A cache before GitHub's API, for tools that have none.",
    load: async () => (await import("./cmd/ghproxy.ts")).ghproxy,
  },
  {
    name: "cherrypicker",
    group: "components",
    summary: "Picks pull requests onto other branches (an external plugin).",
    load: async () => (await import("./cmd/cherrypicker.ts")).cherrypicker,
  },
  {
    name: "needs-rebase",
    group: "components",
    summary: "Labels pull requests that conflict with their base (an external plugin).",
    load: async () => (await import("./cmd/needs-rebase.ts")).needsRebase,
  },
  {
    name: "refresh",
    group: "components",
    summary: "Reports the jobs of a pull request once more (an external plugin).",
    load: async () => (await import("./cmd/refresh.ts")).refresh,
  },
  {
    name: "kubelet",
    group: "components",
    summary: "Runs pods of a cluster as processes or containers of this machine.",
    load: async () => (await import("./cmd/kubelet.ts")).kubelet,
  },
  {
    name: "checkconfig",
    group: "tools",
    summary: "Says what is wrong with a configuration, and what is probably not meant.",
    load: async () => (await import("./cmd/checkconfig.ts")).checkconfig,
  },
  {
    name: "render",
    group: "tools",
    summary: "Shows jobs as ProwJobs or Pods; --diff OLD NEW shows what a change of configuration does.",
    load: async () => (await import("./cmd/render.ts")).render,
  },
  {
    name: "why-run",
    group: "tools",
    summary: "Says whether a job would run for a change, and why.",
    load: async () => (await import("./cmd/why-run.ts")).whyRunCommand,
  },
  {
    name: "why",
    group: "tools",
    summary: "Tells the story of a pull request: what happened, who answered it, and why it is not merged.",
    load: async () => (await import("./cmd/why.ts")).whyCommand,
  },
  {
    name: "play",
    group: "tools",
    summary: "Shows what a plugin would do about a recorded webhook delivery.",
    load: async () => (await import("./cmd/play.ts")).play,
  },
  {
    name: "dead-letters",
    group: "tools",
    summary: "Lists webhooks that could not be worked off, and has them worked on again.",
    load: async () => (await import("./cmd/dead-letters.ts")).deadLetters,
  },
  {
    name: "owners",
    group: "tools",
    summary: "Says who may approve and review paths of a checkout, and why.",
    load: async () => (await import("./cmd/owners.ts")).owners,
  },
  {
    name: "mkpj",
    group: "tools",
    summary: "Makes the ProwJob of a configured job; --trigger-job runs it.",
    load: async () => (await import("./cmd/mkpj.ts")).mkpj,
  },
  {
    name: "mkpod",
    group: "tools",
    summary: "Makes the pod of a ProwJob; --local for a cluster on this machine.",
    load: async () => (await import("./cmd/mkpod.ts")).mkpod,
  },
  ...(["clonerefs", "initupload", "entrypoint", "sidecar"] as const).map(
    (name): Entry => ({
      name,
      group: "inside pods",
      summary: `Upstream's ${name}, by the same options in its environment.`,
      load: async () => (await import("./cmd/pod-utilities.ts")).podUtility(name),
    }),
  ),
];

async function main(host: Host, argv: string[]): Promise<number> {
  const [word = "help", ...rest] = argv;
  if (["help", "--help", "-h"].includes(word)) return overview(host);
  if (["version", "--version"].includes(word)) {
    host.out(VERSION);
    return 0;
  }
  const entry = COMMANDS.find(({ name, aliases }) => name === word || aliases?.includes(word));
  if (!entry) {
    const near = nearest(
      word,
      COMMANDS.map(({ name }) => name),
    );
    host.err(`cutwater: there is no command ${JSON.stringify(word)}${near ? `; did you mean ${near}?` : ""}`);
    return 2;
  }
  // A test's pod is no place to leave anything in.
  if (entry.group !== "inside pods") keepCompiledCode(host);
  if (entry.group === "tools") endWithReader();
  const command = await entry.load();
  if (command.raw) return command.raw(rest, host);
  if (rest.includes("--help") || rest.includes("-h")) {
    host.out(
      `cutwater ${entry.name} ${command.args ?? "[flags]"}\n\n${entry.summary}\n\n${describeFlags(command.flags)}`,
    );
    return 0;
  }
  try {
    const parsed = parseFlags(command.flags, rest);
    const [stray] = parsed.args;
    if (stray !== undefined && !command.args) throw new UsageError(strayArgument(stray, entry.name, command));
    return await command.run(parsed, host);
  } catch (error) {
    return tellFailure(error, { name: entry.name, component: entry.group === "components", argv }, host);
  }
}

/** npm keeps the flags that stand before `--` and hands over only their values. */
function strayArgument(word: string, name: string, { flags }: Command): string {
  const start = name === "up" ? "npm start --" : `cutwater ${name}`;
  const meant = /^\d+$/.test(word) && "port" in flags ? `; did you mean ${start} --port ${word}?` : "";
  return `unexpected argument ${JSON.stringify(word)}${meant}`;
}

function overview(host: Host): number {
  host.out("Cutwater: ChatOps CI for GitHub on Kubernetes, a drop-in successor of Prow.\n");
  host.out("usage: cutwater COMMAND [flags]     (cutwater COMMAND --help tells more)\n");
  for (const [group, entries] of Map.groupBy(COMMANDS, ({ group: name }) => name)) {
    host.out(`${group}:`);
    for (const { name, aliases, summary } of entries) {
      host.out(`  ${[name, ...(aliases ?? [])].join(", ").padEnd(32)} ${summary}`);
    }
  }
  return 0;
}

const host = processHost();
const words = process.argv.slice(2);
// The last resort: what nobody caught ends the process, but in words.
process.on("uncaughtException", (error) => {
  const [name = ""] = words;
  const component = COMMANDS.some((entry) => entry.name === name && entry.group === "components");
  process.exit(tellFailure(error, { name, component, argv: words }, host));
});
process.exitCode = await main(host, words);
// Whatever still holds the process open has been told to stop: give it a moment, not for ever.
setTimeout(() => process.exit(), 3_000).unref();
