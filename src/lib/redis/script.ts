// Lua scripts that Redis is sent once and then asked for by their digest: their text would be most of what is said.
import { hash } from "node:crypto";
import { inTurn } from "../waiting/in-turn.ts";

export interface Script {
  text: string;
  sha: string;
}

type Argument = string | number | Buffer;
type Call = [script: string, keys: number, ...arguments_: Argument[]];

/** As much of a connection as is needed. */
export interface ScriptRunner {
  call(command: string, ...arguments_: Argument[]): Promise<unknown>;
  callBuffer(command: string, ...arguments_: Argument[]): Promise<unknown>;
}

export interface ScriptCall {
  keys: readonly string[];
  arguments: readonly Argument[];
}

interface ScriptPipeline {
  eval(...call: Call): unknown;
  evalsha(...call: Call): unknown;
}

export const redisScript = (text: string): Script => ({
  text,
  sha: hash("sha1", text),
});

/** Redis forgets scripts when it starts anew. */
const isUnknown = (error: unknown): boolean => (error as Error).message.startsWith("NOSCRIPT");
/** Of a pipeline of which one has got its answer before the connection ended, ioredis says the others not once more. */
const isUnanswered = (error: unknown): boolean => (error as Error).name === "AbortError";

/** In the words of ioredis, of a connection that has a `commandTimeout`. */
const isLate = (error: Error | null): boolean => error?.message === "Command timed out";

type Say = (command: "EVAL" | "EVALSHA", ...arguments_: Argument[]) => Promise<unknown>;

async function run(
  say: Say,
  { text, sha }: Script,
  keys: readonly string[],
  arguments_: readonly Argument[],
): Promise<unknown> {
  const rest = [keys.length, ...keys, ...arguments_];
  try {
    return await say("EVALSHA", sha, ...rest);
  } catch (error) {
    if (!isUnknown(error)) throw error;
    return await say("EVAL", text, ...rest);
  }
}

export const runScript = (
  redis: ScriptRunner,
  script: Script,
  keys: readonly string[],
  arguments_: readonly Argument[] = [],
): Promise<unknown> => run((...words) => redis.call(...words), script, keys, arguments_);

interface BufferPipeline {
  callBuffer(command: string, ...arguments_: Argument[]): unknown;
  exec(): Promise<[error: Error | null, answer: unknown][] | null>;
}

interface Asked extends ScriptCall {
  script: Script;
}

/**
 * Runs scripts, all that are asked for while others are under way in one pipeline: what many ask for costs little more
 * than what one does. With `again`, what got no answer is asked for once more, as ioredis does with what stands alone.
 * Answers with Buffers in the place of texts. Whoever came while an answer was waited for that came too late has waited as
 * long as may be, and is told the same.
 */
export function scriptsTogether(
  redis: ScriptRunner & { pipeline(): BufferPipeline },
  { again = false } = {},
): (asked: Asked) => Promise<unknown> {
  let late: Error | undefined;
  const send = inTurn(async (all: readonly Asked[]) => {
    if (late) throw late;
    const pipeline = redis.pipeline();
    for (const { script, keys, arguments: arguments_ } of all)
      pipeline.callBuffer("EVALSHA", script.sha, keys.length, ...keys, ...arguments_);
    const answers = (await pipeline.exec()) ?? [];
    late = answers.find(([error]) => isLate(error))?.[0] ?? undefined;
    // The round of those who came meanwhile begins before.
    if (late) setImmediate(() => (late = undefined));
    return new Map(all.map((one, at) => [one, answers[at]!]));
  });
  return async (asked) => {
    const [error, answer] = (await send(asked)).get(asked)!;
    if (!error) return answer;
    if (!isUnknown(error) && !(again && isUnanswered(error))) throw error;
    return run((...words) => redis.callBuffer(...words), asked.script, asked.keys, asked.arguments);
  };
}

/** The same script many times in one pipeline: its text goes along once. */
export function pipeScript(
  pipeline: ScriptPipeline,
  { text, sha }: Script,
  calls: readonly ScriptCall[],
): void {
  for (const [nth, { keys, arguments: arguments_ }] of calls.entries()) {
    if (nth === 0) pipeline.eval(text, keys.length, ...keys, ...arguments_);
    else pipeline.evalsha(sha, keys.length, ...keys, ...arguments_);
  }
}
