// Who may ask at all: with a token set, only who carries it. A page in somebody's browser does not.
import type { IncomingMessage } from "node:http";
import { sameSecret } from "../../lib/same-secret.ts";

/** Health and version are anybody's to ask, as on a real API server. */
const OPEN = /^\/(?:healthz|readyz|livez|version)(?:[/?]|$)/;

/**
 * Takes the token as `Authorization: Bearer …` or as the first part of the path, which is then taken off the request's
 * URL: client-go, and with it kubectl, sends no credentials over plain HTTP, but keeps the path of a cluster's address.
 */
export function mayEnter(request: IncomingMessage, token: string | undefined): boolean {
  const { url = "", headers } = request;
  if (token === undefined || OPEN.test(url)) return true;
  if (sameSecret(headers.authorization ?? "", `Bearer ${token}`)) return true;
  const [, first = "", rest = ""] = /^\/([^/?]*)(.*)$/s.exec(url) ?? [];
  if (!sameSecret(first, token)) return false;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
  return true;
}
