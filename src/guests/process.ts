// The process of a guest: loads one Probot app as it is, and hands it each delivery that hook sends. Of our files it can
// read only those beside this one, so that what runs here imports no others.
import { pathToFileURL } from "node:url";
import { pino } from "pino";
import { type ApplicationFunction, Probot } from "probot";
import { guestOctokit } from "./guest-octokit.ts";
import { type HookLine, hookLine } from "./hook-line.ts";
import { loadOptions } from "./load-options.ts";
import type { Thrown } from "./protocol.ts";

type Loaded = { default?: unknown };

/** As Probot finds it: ESM, CommonJS, TypeScript's `export =`, or a default inside of a default. */
function appFunction(module: Loaded): ApplicationFunction | ApplicationFunction[] {
  const { default: outer } = module;
  const inner = (outer as Loaded | undefined)?.default;
  const found = [outer, inner].find((value) => typeof value === "function" || Array.isArray(value));
  if (found === undefined)
    throw new Error("it exports no function: a Probot app is `export default (app) => {}`");
  return found as ApplicationFunction;
}

async function load(file: string, endpoint: string, line: HookLine): Promise<Probot> {
  const log = pino(
    { level: "debug", base: undefined, timestamp: false },
    pino.destination({ fd: 1, sync: true }),
  );
  const probot = new Probot({
    githubToken: "held by hook",
    log,
    Octokit: guestOctokit(line, endpoint),
    baseUrl: endpoint,
  });
  await probot.ready();
  const app = appFunction((await import(pathToFileURL(file).href)) as Loaded);
  await probot.load(app, loadOptions(log));
  return probot;
}

function thrown(error: unknown): Thrown {
  const { message, status, stack } = (error ?? {}) as Partial<Thrown>;
  return {
    message: String(message ?? error),
    ...(typeof status === "number" && { status }),
    ...(typeof stack === "string" && { stack }),
  };
}

const errorsOf = (error: unknown): Thrown[] =>
  (error instanceof AggregateError ? (error.errors as unknown[]) : [error]).map(thrown);

async function run(file: string, endpoint: string): Promise<void> {
  const line = hookLine();
  let probot: Probot;
  try {
    probot = await load(file, endpoint, line);
  } catch (error) {
    line.send({ kind: "unloadable", message: thrown(error).stack ?? thrown(error).message });
    return;
  }
  line.onDelivery(async ({ id, guid, event, body }) => {
    let errors: Thrown[] = [];
    try {
      const payload = JSON.parse(body);
      line.begin(guid, id);
      await probot.receive({ id: guid, name: event, payload } as Parameters<Probot["receive"]>[0]);
    } catch (error) {
      errors = errorsOf(error);
    }
    line.send({ kind: "done", id, errors });
  });
  line.send({ kind: "ready" });
}

// Who forgot to await something fails there alone.
process.on("unhandledRejection", (error) =>
  console.error("a promise was rejected and nobody listened:", error),
);
process.on("disconnect", () => process.exit());
const [, , file = "", endpoint = ""] = process.argv;
await run(file, endpoint);
