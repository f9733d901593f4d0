// Answers `/vend/<job>`: GET gives the next number, HEAD the last one, POST sets it.
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import type { TotStore } from "./store.ts";

interface TotDeps {
  store: TotStore;
  /** The last number of a job that was never asked for here; rejects when it cannot be known now. */
  base: (job: string) => Promise<number>;
  log: Logger;
}

const VEND = "/vend/";
const LONGEST_NUMBER = 20;

export function totHandler({ store, base, log }: TotDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const job = jobOf(request);
    if (!job) return new Response(`ask for ${VEND}<job>\n`, { status: 404 });
    try {
      switch (request.method) {
        case "GET": {
          const number = await store.vend(job, base);
          log.info({ job, number }, "Vending a number.");
          return new Response(String(number));
        }
        case "HEAD":
          return new Response(String(store.peek(job)));
        case "POST":
          return await set(job, await request.text());
        default:
          return new Response("GET, HEAD or POST\n", { status: 405, headers: { allow: "GET, HEAD, POST" } });
      }
    } catch (error) {
      // Whoever asked tries again; a number that may be a second one of its kind helps nobody.
      log.error({ job, error: errorText(error) }, "no number can be given now");
      return new Response("no number can be given now; the log of tot says why\n", { status: 503 });
    }
  };

  async function set(job: string, text: string): Promise<Response> {
    const number = Number(text);
    if (!/^[+-]?\d+$/.test(text) || text.length > LONGEST_NUMBER || !Number.isSafeInteger(number)) {
      return new Response("the body must be a number\n", { status: 400 });
    }
    await store.set(job, number);
    log.info({ job, number }, "A number is set.");
    return new Response("");
  }
}

function jobOf({ url }: Request): string | undefined {
  const { pathname } = new URL(url);
  if (!pathname.startsWith(VEND)) return undefined;
  try {
    return decodeURIComponent(pathname.slice(VEND.length));
  } catch {
    return undefined;
  }
}
