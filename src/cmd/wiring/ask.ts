// Deck's questions to the other components, over HTTP.
import { UsageError } from "../../lib/flags.ts";
import type { Logger } from "../../lib/logger.ts";
import { withoutEndSlashes } from "../../lib/without-end-slashes.ts";

const ANSWER_MS = 5_000;

/** `name` below the address that `flag` gives; undefined when it gives none. Throws UsageError when that is no address. */
export function addressBelow(flag: string, base: string, name: string): URL | undefined {
  if (!base) return undefined;
  const url = URL.parse(base);
  if (!url) throw new UsageError(`--${flag}=${base} is not a URL, e.g. http://${flag.split("-")[0]}:8888`);
  url.pathname = `${withoutEndSlashes(url.pathname)}/${name}`;
  return url;
}

/** Prow's --hook-url is the whole address of the help; the address of hook alone does too. */
export function helpAddress(base: string): URL | undefined {
  const url = addressBelow("hook-url", base, "plugin-help");
  return url?.pathname === "/plugin-help" || !url ? url : new URL(base);
}

/** Answers undefined without an address; rejects with the cause, in a few words, when there is no good answer. */
export function ask<T>(url: URL | undefined, log: Logger): () => Promise<T | undefined> {
  return async () => {
    if (!url) return undefined;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
      if (!response.ok) throw new Error(`it answers with HTTP ${response.status}`);
      return (await response.json()) as T;
    } catch (error) {
      const cause = causeOf(error);
      log.warn({ url: url.href, error: cause }, "Another component cannot be reached.");
      throw new Error(cause, { cause: error });
    }
  };
}

/** fetch says only "fetch failed"; what failed is below it, and for a name with several addresses below that. */
function causeOf(error: unknown): string {
  const { name, cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === "TimeoutError") return `no answer within ${ANSWER_MS / 1000} s`;
  if (name === "SyntaxError") return "its answer is not JSON";
  return cause?.code ?? cause?.message ?? message;
}
