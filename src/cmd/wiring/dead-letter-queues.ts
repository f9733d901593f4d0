// hook's queues as deck shows their dead letters, and who may have one worked on again.
import type { DeckDeps } from "../../deck/deps.ts";
import { type FlagValues, string } from "../../lib/flags.ts";
import { once } from "../../lib/kept/once.ts";
import { closeQueues, openQueues, type Queues } from "../../queue/open.ts";
import type { Surroundings } from "../surroundings.ts";
import { type queueFlags, queueURL } from "./queue-url.ts";
import { secretFile } from "./secret-file.ts";

export const replayFlags = {
  "replay-token-file": string(
    "",
    "File with a token: who has it may have dead letters worked on again. Without it they are shown only.",
  ),
};

type DeadLetters = NonNullable<DeckDeps["deadLetters"]>;

/** Read again each time, so that it may be changed. */
const replayToken = (file: string): Pick<DeadLetters, "replayToken"> =>
  file === "" ? {} : { replayToken: () => secretFile(file, "replay-token-file") };

/** Of queues that this process works on itself. */
export const deadLettersHere = (queues: Queues, tokenFile: string): DeadLetters => ({
  queues: async () => ({ ...queues }),
  ...replayToken(tokenFile),
});

/** Nothing without `--queue`. A Redis that is away is looked for again at the next question. */
export async function deadLettersOf(
  flags: FlagValues<typeof queueFlags & typeof replayFlags>,
  { host, log }: Pick<Surroundings, "host" | "log">,
): Promise<{ deadLetters?: DeadLetters; close(): Promise<void> }> {
  if (!flags.queue) return { close: async () => {} };
  const url = await queueURL({ ...flags, data: "" });
  const { clock, random } = host;
  let opened: Queues | undefined;
  const queues = once(async () => {
    opened = await openQueues({ url, clock, random, log });
    return { ...opened };
  });
  if (flags["replay-token-file"]) await secretFile(flags["replay-token-file"], "replay-token-file");
  return {
    deadLetters: { queues, ...replayToken(flags["replay-token-file"]) },
    close: async () => void (opened && (await closeQueues(opened))),
  };
}
