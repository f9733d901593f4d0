// The program: the first word names a command, which is loaded only then.
import type { Command, Host } from "./cmd/command.ts";
import { processHost } from "./cmd/process-host.ts";
import { describeFlags, parseFlags, UsageError } from "./lib/flags.ts";
import { nearest } from "./lib/nearest.ts";

interface Entry {
  name: string;
  aliases?: string[];
  group: "start here" | "components" | "inside pods";
  load(): Promise<Command>;
}

const COMMANDS: Entry[] = [
  { name: "up", group: "start here", load: async () => (await import("./cmd/up.ts")).up },
  { name: "hook", group: "components", load: async () => (await import("./cmd/hook.ts")).hook },
  {
    name: "plank",
    aliases: ["prow-controller-manager"],
    group: "components",
    load: async () => (await import("./cmd/plank.ts")).plank,
  },
  { name: "tide", group: "components", load: async () => (await import("./cmd/tide.ts")).tide },
  { name: "crier", group: "components", load: async () => (await import("./cmd/crier.ts")).crier },
  { name: "deck", group: "components", load: async () => (await import("./cmd/deck.ts")).deck },
  {
    name: "horologium",
    group: "components",
    load: async () => (await import("./cmd/horologium.ts")).horologium,
  },
  { name: "sinker", group: "components", load: async () => (await import("./cmd/sinker.ts")).sinker },
  { name: "kubelet", group: "components", load: async () => (await import("./cmd/kubelet.ts")).kubelet },
  {
    name: "clonerefs",
    group: "inside pods",
    load: async () => (await import("./cmd/pod-utilities.ts")).clonerefs,
  },
  {
    name: "initupload",
    group: "inside pods",
    load: async () => (await import("./cmd/pod-utilities.ts")).initupload,
  },
  {
    name: "entrypoint",
    group: "inside pods",
    load: async () => (await import("./cmd/pod-utilities.ts")).entrypoint,
  },
  {
    name: "sidecar",
    group: "inside pods",
    load: async () => (await import("./cmd/pod-utilities.ts")).sidecar,
  },
];

async function main(host: Host, argv: string[]): Promise<number> {
  const [word = "help", ...rest] = argv;
  if (["help", "--help", "-h"].includes(word)) return overview(host);
  const entry = COMMANDS.find(({ name, aliases }) => name === word || aliases?.includes(word));
  if (!entry) {
    const near = nearest(
      word,
      COMMANDS.map(({ name }) => name),
    );
    host.err(`cutwater: there is no command ${JSON.stringify(word)}${near ? `; did you mean ${near}?` : ""}`);
    return 2;
  }
  const command = await entry.load();
  if (rest.includes("--help") || rest.includes("-h")) {
    host.out(
      `cutwater ${entry.name} ${command.args ?? "[flags]"}\n\n${command.summary}\n\n${describeFlags(command.flags)}`,
    );
    return 0;
  }
  try {
    return await command.run(parseFlags(command.flags, rest), host);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.err(`cutwater ${entry.name}: ${error.message}`);
    return 2;
  }
}

async function overview(host: Host): Promise<number> {
  host.out("Cutwater: ChatOps CI for GitHub on Kubernetes, a drop-in successor of Prow.\n");
  host.out("usage: cutwater COMMAND [flags]     (cutwater COMMAND --help tells more)\n");
  for (const [group, entries] of Map.groupBy(COMMANDS, ({ group: name }) => name)) {
    host.out(`${group}:`);
    for (const { name, aliases, load } of entries) {
      const names = [name, ...(aliases ?? [])].join(", ");
      host.out(`  ${names.padEnd(32)} ${(await load()).summary}`);
    }
  }
  return 0;
}

process.exitCode = await main(processHost(), process.argv.slice(2));
// Whatever still holds the process open has been told to stop: give it a moment, not for ever.
setTimeout(() => process.exit(), 3_000).unref();
