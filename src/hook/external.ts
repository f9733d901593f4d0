// External plugins: programs of their own that are handed each webhook as GitHub sent it, signature and all.
import type { Clock } from "../lib/clock.ts";
import { textUpTo } from "../lib/text-up-to.ts";
import type { Delivery } from "../model/delivery.ts";

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
const TIMEOUT_MS = 60_000;
/** Of an answer, in bytes: more is not read, and of an error it stands in the log. */
const SHOWN_LENGTH = 1_000;

/** No answer came from the plugin, so that it may be sent the delivery once more. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** As in Prow five times while no answer comes, and once when one does, whatever it is. Rejects with what went wrong. */
export async function sendToPlugin(
  endpoint: string,
  { headers, body }: Pick<Delivery, "headers" | "body">,
  clock: Pick<Clock, "sleep">,
): Promise<void> {
  const { url, authorization } = addressOf(endpoint);
  for (let attempt = 1; ; attempt++) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    try {
      const all = { ...headers, ...authorization, "user-agent": "ProwHook" };
      response = await fetch(url, { method: "POST", headers: all, body, signal });
    } catch (error) {
      // It has the delivery and works on it: once more would be twice.
      if (signal.aborted) throw new Error(`no answer within ${TIMEOUT_MS / 1000} s`, { cause: error });
      if (attempt >= ATTEMPTS)
        throw new UnreachableError(`${url} can not be reached: ${rootMessage(error)}`, { cause: error });
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      continue;
    }
    const { text } = await textUpTo(response, SHOWN_LENGTH);
    if (!response.ok) {
      const status = `${response.status} ${response.statusText}`.trim();
      throw new Error(`response has status ${JSON.stringify(status)} and body ${JSON.stringify(text)}`);
    }
    return;
  }
}

/** A name and password in it are for the plugin alone: not for the log, nor for deck, which shows why a delivery failed. */
function addressOf(endpoint: string): { url: string; authorization: Record<string, string> } {
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UnreachableError("its endpoint in plugins.yaml is no address of http or https");
  const { username, password } = url;
  if (!username && !password) return { url: endpoint, authorization: {} };
  [url.username, url.password] = ["", ""];
  const pair = Buffer.from([username, password].map(decodeURIComponent).join(":"));
  return { url: url.href, authorization: { authorization: `Basic ${pair.toString("base64")}` } };
}

const rootMessage = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause === undefined ? message : rootMessage(cause);
};
