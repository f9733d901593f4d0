// Pub/Sub by its REST API.
import { MessageError } from "./error.ts";
import type { Publisher } from "./port.ts";

export interface PubSubOptions {
  /** host:port of an emulator, as in PUBSUB_EMULATOR_HOST, which is asked without credentials. */
  emulator?: string;
  /** An access token of Google's. */
  token(): Promise<string>;
}

const ENDPOINT = "https://pubsub.googleapis.com";
/** As Prow's reporter allows. */
const TIMEOUT_MS = 10_000;

export const pubSub = ({ emulator, token }: PubSubOptions): Publisher => ({
  async publish(project, topic, data) {
    const place = `projects/${encodeURIComponent(project)}/topics/${encodeURIComponent(topic)}`;
    const fail = (status: number, why: string, cause?: unknown) =>
      new MessageError(status, "", `failed to publish to topic "${project}/${topic}": ${why}`, { cause });
    try {
      const answer = await fetch(`${emulator ? `http://${emulator}` : ENDPOINT}/v1/${place}:publish`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(!emulator && { authorization: `Bearer ${await token()}` }),
        },
        body: JSON.stringify({ messages: [{ data: Buffer.from(data).toString("base64") }] }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: "error",
      });
      const said = await answer.text();
      if (!answer.ok) throw fail(answer.status, `HTTP ${answer.status}: ${reasonIn(said)}`);
    } catch (error) {
      throw error instanceof MessageError ? error : fail(0, (error as Error).message, error);
    }
  },
});

/** Google's own words where it gives them. */
function reasonIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === "string") return error.message;
  } catch {
    // Not JSON: the beginning of what was said has to do.
  }
  return text.slice(0, 200).trim();
}
