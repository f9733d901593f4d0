// Services of others, asked for a picture or a joke: none may take long, answer without end, or name what is no picture.
import { isRecord } from "../lib/schema.ts";
import { textUpTo } from "../lib/text-up-to.ts";
import type { Context } from "./plugin.ts";

/** For one event, however often its plugin asks: the next event of the pull request waits that long. */
const ALL_MS = 20_000;
const ONE_MS = 5_000;
const MOST_BYTES = 1 << 20;
/** What GitHub shows. */
const LARGEST_PICTURE = 5_242_880;

export interface Bounds {
  bytes?: number;
  /** For this one question. */
  ms?: number;
}

export interface Web {
  /** Throws unless the answer is a 2xx and no longer than allowed. */
  text(url: string, bounds?: Bounds): Promise<string>;
  json(url: string, bounds?: Bounds): Promise<Record<string, unknown>>;
  /** The address as it can stand in Markdown. Throws unless a picture that GitHub shows is there. */
  picture(url: unknown): Promise<string>;
}

export function boundedWeb({ web }: Pick<Context, "web">): Web {
  const all = AbortSignal.timeout(ALL_MS);
  const ask = (url: string, init: RequestInit, ms = ONE_MS) =>
    web(url, { ...init, signal: AbortSignal.any([all, AbortSignal.timeout(ms)]) });
  const text: Web["text"] = async (url, { bytes = MOST_BYTES, ms } = {}) => {
    const response = await ask(url, { headers: { accept: "application/json" } }, ms);
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`failing ${response.status} response from ${shown(url)}`);
    }
    const { text: answer, whole } = await textUpTo(response, bytes);
    if (!whole) throw new Error(`the response from ${shown(url)} is longer than ${bytes} bytes`);
    return answer;
  };
  return {
    text,
    async json(url, bounds) {
      const found: unknown = parsed(await text(url, bounds), url);
      // Some give a list of one.
      const first: unknown = Array.isArray(found) ? found[0] : found;
      if (!isRecord(first)) throw new Error(`nothing in the response from ${shown(url)}`);
      return first;
    },
    async picture(url) {
      const address = linkURL(url);
      const response = await ask(address, { method: "HEAD" });
      if (response.status !== 200) throw new Error(`failing ${response.status} response from ${address}`);
      if (Number(response.headers.get("content-length")) > LARGEST_PICTURE)
        throw new Error(`the picture is too big for GitHub: ${address}`);
      return address;
    },
  };
}

/** Questions hold keys, which no message may tell. */
const shown = (url: string): string => url.split("?", 1)[0]!;

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the response from ${shown(url)} is not JSON`);
  }
}

/** Everything that could end a link of Markdown is encoded. */
export function linkURL(url: unknown): string {
  const text = typeof url === "string" ? url.toWellFormed() : "";
  const known = URL.parse(text);
  if (known?.protocol !== "https:" && known?.protocol !== "http:")
    throw new Error(`invalid image url ${JSON.stringify(url)}`);
  return text.replace(/[^!-~]|[()<>[\]\\"`^{|}]/gu, (found) => ENCODED[found] ?? encodeURIComponent(found));
}
const ENCODED: Record<string, string> = { "(": "%28", ")": "%29" };

/** The first of some attempts that works out; what went wrong with the others is told to `failed`. */
export async function firstOf<T>(
  attempts: number,
  attempt: () => Promise<T>,
  failed: (error: unknown) => void,
): Promise<T | undefined> {
  for (let n = 0; n < attempts; n++) {
    try {
      return await attempt();
    } catch (error) {
      failed(error);
    }
  }
  return undefined;
}
