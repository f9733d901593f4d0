// A process of its own with one of the program's components on a fast clock: node component.ts PACE COMPONENT FLAGS…
import { crier } from "../../src/cmd/crier.ts";
import { hook } from "../../src/cmd/hook.ts";
import { processHost } from "../../src/cmd/process/process-host.ts";
import { tide } from "../../src/cmd/tide.ts";
import { parseFlags } from "../../src/lib/flags.ts";
import { fastClock, readPace } from "./fast-clock.ts";

const COMPONENTS = { hook, crier, tide };

const [pace = "", name = "", ...flags] = process.argv.slice(2);
const command = COMPONENTS[name as keyof typeof COMPONENTS];
const host = processHost();
const { signal } = host;
process.exitCode = await command.run(parseFlags(command.flags, flags), {
  ...host,
  signal,
  failpoints: undefined,
  clock: fastClock(readPace(pace)),
});
