// hook's queues as deck shows their dead letters, and who may have one worked on again.

import type { DeckDeps } from "../../deck/deps.ts";
import { type FlagValues, string } from "../../lib/flags.ts";
import { openQueues } from "../../queue/open.ts";
import type { Queue } from "../../queue/port.ts";
import type { Surroundings } from "../process/component.ts";
import { type queueFlags, queueURL } from "./queue-url.ts";
import { secretFile } from "./secret-file.ts";

/** In the order of openQueues. */
export const QUEUE_NAMES = ["webhooks", "outside"] as const;

export const replayFlags = {
  "replay-token-file": string(
    "",
    "File with a token: who has it may have dead letters worked on again. Without it they are shown only.",
  ),
};

const namedQueues = (queues: readonly Queue[]): Record<string, Queue> =>
  Object.fromEntries(queues.map((queue, at) => [QUEUE_NAMES[at]!, queue]));

type DeadLetters = NonNullable<DeckDeps["deadLetters"]>;

/** Read again each time, so that it may be changed. */
const replayToken = (file: string): Pick<DeadLetters, "replayToken"> =>
  file === "" ? {} : { replayToken: () => secretFile(file, "replay-token-file") };

/** Of queues that this process works on itself. */
export const deadLettersHere = (queues: readonly Queue[], tokenFile: string): DeadLetters => ({
  queues: async () => namedQueues(queues),
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
  let open: Promise<Queue[]> | undefined;
  const queues = () => {
    open ??= openQueues({ url, clock, random, log }).catch((error: unknown) => {
      open = undefined;
      throw error;
    });
    return open.then(namedQueues);
  };
  if (flags["replay-token-file"]) await secretFile(flags["replay-token-file"], "replay-token-file");
  return {
    deadLetters: { queues, ...replayToken(flags["replay-token-file"]) },
    close: async () =>
      void (await Promise.all((await open?.catch(() => []))?.map((queue) => queue.close()) ?? [])),
  };
}
