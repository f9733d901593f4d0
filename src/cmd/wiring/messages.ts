// Builds the clients of Slack and Pub/Sub from crier's flags.
import { readFile } from "node:fs/promises";
import { type FlagValues, UsageError } from "../../lib/flags.ts";
import type { Messages } from "../../messages/port.ts";
import { pubSub } from "../../messages/pubsub.ts";
import { slackClient } from "../../messages/slack.ts";
import { googleToken } from "../../storage/google-credentials.ts";
import type { Host } from "../command.ts";
import { withPoints } from "../process/failpoints.ts";
import type { messageFlags, storageFlags } from "./flag-groups.ts";
import type { reporterFlags } from "./reporter-flags.ts";
import { secretFile } from "./secret-file.ts";

type MessageFlags = FlagValues<
  typeof messageFlags &
    Pick<typeof reporterFlags, "slack-workers" | "pubsub-workers"> &
    Pick<typeof storageFlags, "gcs-credentials-file">
>;

/** Throws UsageError when a token cannot be read; nobody is asked anything yet. */
export async function messagesFrom(flags: MessageFlags, host: Host): Promise<Messages> {
  const { clock, signal, env, failpoints } = host;
  const slack = flags["slack-workers"] > 0 && { tokens: await slackTokens(flags), clock, signal };
  return {
    ...(slack && { slack: withPoints(failpoints, "slack", slackClient(slack)) }),
    ...(flags["pubsub-workers"] > 0 && {
      pubsub: withPoints(
        failpoints,
        "pubsub",
        pubSub({
          emulator: env["PUBSUB_EMULATOR_HOST"],
          token: googleToken(flags["gcs-credentials-file"] || undefined),
        }),
      ),
    }),
  };
}

/** Files are read again for each message, so tokens may be rotated. */
async function slackTokens(
  flags: FlagValues<typeof messageFlags>,
): Promise<ReadonlyMap<string, () => Promise<string>>> {
  const files = slackTokenFiles(flags);
  for (const { path, flag } of files.values()) await secretFile(path, flag);
  return new Map(
    [...files].map(([host, { path }]) => [host, async () => (await readFile(path, "utf8")).trim()]),
  );
}

/** Workspace to file; "*" is the one without a name. */
export function slackTokenFiles(
  flags: FlagValues<typeof messageFlags>,
): Map<string, { path: string; flag: string }> {
  const files = new Map<string, { path: string; flag: string }>();
  const path = flags["slack-token-file"];
  if (path) files.set("*", { path, flag: "slack-token-file" });
  const flag = "additional-slack-token-files";
  const named = new Set<string>();
  for (const text of flags[flag]) {
    const at = text.indexOf("=");
    if (at < 0) throw new UsageError(`--${flag}: ${text} not in the form of host=token-path`);
    const host = text.slice(0, at);
    if (named.has(host)) throw new UsageError(`--${flag}: duplicate host: ${host}`);
    named.add(host);
    files.set(host, { path: text.slice(at + 1), flag });
  }
  if (files.size === 0) {
    throw new UsageError("one of --slack-token-file or --additional-slack-token-files must be set");
  }
  return files;
}
