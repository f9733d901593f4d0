// Who may ask at all: with a token set, only who carries it. A page in somebody's browser does not.
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Health and version are anybody's to ask, as on a real API server. */
const OPEN = /^\/(?:healthz|readyz|livez|version)(?:[/?]|$)/;

export function mayEnter({ url = "", headers }: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined || OPEN.test(url)) return true;
  const given = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
