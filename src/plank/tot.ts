// Build ids from tot, which numbers the builds of every job from 1.
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import { withoutEndSlashes } from "../lib/without-end-slashes.ts";

const TRIES = 10;
const FIRST_PAUSE_MS = 100;
const ANSWER_MS = 10_000;

interface TotDeps {
  web: typeof fetch;
  clock: Pick<Clock, "sleep">;
  signal: AbortSignal;
}

/** Throws when `url` is no address. What it returns throws when tot has given no number after ten tries. */
export function buildIdsFromTot(
  url: string,
  { web, clock, signal }: TotDeps,
): (job: string) => Promise<string> {
  const base = new URL(url);
  return async (job) => {
    const address = new URL(base);
    address.pathname = `${withoutEndSlashes(base.pathname)}/vend/${encodeURIComponent(job)}`;
    let why = "";
    for (let tried = 0; tried < TRIES && !signal.aborted; tried++) {
      if (tried > 0) await clock.sleep(FIRST_PAUSE_MS * 2 ** (tried - 1), signal);
      try {
        return await vend(address, web, signal);
      } catch (error) {
        why = errorText(error);
      }
    }
    throw new Error(`no build ID from tot for job ${job}: GET ${address}: ${why}`);
  };
}

async function vend(address: URL, web: typeof fetch, signal: AbortSignal): Promise<string> {
  const response = await web(address, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
  const text = (await response.text()).trim();
  if (response.status !== 200) throw new Error(`got unexpected response from tot: ${response.status}`);
  if (!/^\d+$/.test(text)) throw new Error(`${JSON.stringify(text.slice(0, 40))} is no build number`);
  return text;
}
