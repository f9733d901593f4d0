// What another component was asked: its answer, or the sentence that says why there is none.
import type { PluginsHelp } from "../model/plugin-help.ts";
import type { TideSnapshot } from "../model/tide-snapshot.ts";
import type { DeckDeps } from "./deps.ts";

/** `status`: 404 when deck was not told where to ask, 502 when nothing came back. */
export type Told<T> = { answer: T } | { none: string; status: 404 | 502 };

export const askTide = ({ tide }: DeckDeps): Promise<Told<TideSnapshot>> => ask("Tide", "--tide-url", tide);

export const askHelp = ({ pluginHelp }: DeckDeps): Promise<Told<PluginsHelp>> =>
  ask("Hook", "--hook-url", pluginHelp);

async function ask<T>(who: string, flag: string, question: () => Promise<T | undefined>): Promise<Told<T>> {
  try {
    const answer = await question();
    if (answer !== undefined) return { answer };
    return { none: `Deck does not know where to ask: ${flag} is not given.`, status: 404 };
  } catch (error) {
    return { none: `${who} cannot be reached: ${(error as Error).message}.`, status: 502 };
  }
}

/** For pages that get along without the answer. */
export const ifTold = <T>(question: () => Promise<T | undefined>): Promise<T | undefined> =>
  question().catch(() => undefined);
