// A world whose GitHub answers further questions.
import type { GitHubRead } from "../../src/github/port.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Event } from "../../src/model/event.ts";
import type { Context, Plugin } from "../../src/plugins/plugin.ts";
import type { World } from "./world.ts";

/** An answer may be an error, which is thrown. */
export type Answers = { [name in keyof GitHubRead]?: (...asked: never[]) => unknown };

export function withReads(world: World, answers: Answers, more: Partial<Context> = {}): Context {
  const { context } = world;
  const read = new Proxy(context.read, {
    get(target, name, receiver) {
      const answer = answers[name as keyof GitHubRead] as ((...asked: unknown[]) => unknown) | undefined;
      if (!answer) return Reflect.get(target, name, receiver);
      return async (...asked: unknown[]) => {
        world.reads.push(String(name));
        const found = await answer(...asked);
        if (found instanceof Error) throw found;
        return found;
      };
    },
  });
  return { ...context, read, ...more };
}

/** What a plugin answers in such a world. */
export const playWith = (
  plugin: Plugin,
  event: Event,
  world: World,
  answers: Answers,
  more: Partial<Context> = {},
): Promise<Effect[]> => plugin.handle(event, withReads(world, answers, more));
