// A webhook delivery as it lies in the queue: the body exactly as it came, to be parsed when it is worked on.
import { isRecord } from "../lib/schema.ts";
import { type RepoRef, refOfScope } from "./github.ts";
import { MalformedError } from "./github-decode.ts";

const PARSED = Symbol("payload");

export interface Delivery {
  /** X-GitHub-Delivery; the same when GitHub delivers again. */
  guid: string;
  /** X-GitHub-Event, e.g. `issue_comment`. */
  event: string;
  /** Headers that GitHub sent, in lower case: for external plugins, which check the signature themselves. */
  headers: Record<string, string>;
  body: string;
  receivedAt: string;
  /** What `payloadOf` has parsed. A WeakMap would have young memory's collections carry each payload along. */
  [PARSED]?: Record<string, unknown>;
}

/** The body follows the rest on a line of its own, since a JSON text within a JSON text takes time and room. */
export const encodeDelivery = ({ body, ...head }: Delivery): string => `${JSON.stringify(head)}\n${body}`;

/** Throws MalformedError. */
export function decodeDelivery(text: string): Delivery {
  const end = text.indexOf("\n");
  const { guid, event, headers, receivedAt } = parseBody(text.slice(0, Math.max(0, end)));
  if (![guid, event, receivedAt].every((field) => typeof field === "string") || !isRecord(headers)) {
    throw new MalformedError("the queue holds something that is not a delivery");
  }
  return { guid, event, headers, body: text.slice(end + 1), receivedAt } as Delivery;
}

/** What the body says, parsed once; nobody changes it. Throws MalformedError when it is not a JSON object. */
export function payloadOf(delivery: Delivery): Record<string, unknown> {
  delivery[PARSED] ??= parseBody(delivery.body);
  return delivery[PARSED];
}

/** Throws MalformedError when the text is not a JSON object. */
export function parseBody(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedError(`not JSON: ${(error as Error).message}`);
  }
  if (!isRecord(value)) throw new MalformedError("not a JSON object");
  return value;
}

const own = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const login = (value: unknown, key: string): string | undefined => {
  const found = own(value, key);
  return typeof found === "string" ? found : undefined;
};

/** `org/repo` that a payload is about, the org for an event of an organisation, "" for neither. */
export function subjectOf(payload: Record<string, unknown>): string {
  return login(payload["repository"], "full_name") || login(payload["organization"], "login") || "";
}

/**
 * Whether all that a payload says of its repository and organisation agrees. The secret is chosen by one field and
 * plugins go by others, so whoever has the secret of one repository could otherwise speak for another.
 */
export function isAboutOne(payload: Record<string, unknown>, event: string): boolean {
  const repository = own(payload, "repository");
  const organization = login(own(payload, "organization"), "login");
  const base = own(own(own(payload, "pull_request"), "base"), "repo");
  if (!isRecord(repository)) return !isRecord(base);
  const subject = login(repository, "full_name") ?? "";
  const agrees = (name: string | undefined, other: string) =>
    name === undefined || name.toLowerCase() === other.toLowerCase();
  const describes = (described: Record<string, unknown>): boolean => {
    const [org = "", repo = "", ...rest] = subject.split("/");
    const owner = own(described, "owner");
    const loginOfOwner = login(owner, "login");
    // Pushes name their owner in both fields; elsewhere the second may be how a person is called.
    const second = event === "push" || loginOfOwner === undefined ? login(owner, "name") : undefined;
    const names: [string | undefined, string][] = [
      [login(described, "full_name"), subject],
      [loginOfOwner, org],
      [second, org],
      [login(described, "name"), repo],
    ];
    return rest.length === 0 && names.every(([name, other]) => agrees(name, other));
  };
  if (subject !== "" && !agrees(organization, subject.split("/")[0] ?? "")) return false;
  return describes(repository) && (!isRecord(base) || describes(base));
}

/** The repository, or the org with an empty repository; undefined for an event of neither. */
export function repoOf(payload: Record<string, unknown>): RepoRef | undefined {
  const ref = refOfScope(subjectOf(payload));
  return ref.org === "" ? undefined : ref;
}

/** What must be worked on in order: one issue or pull request, else the repository, else the sender's organisation. */
export function groupOf(payload: Record<string, unknown>): string {
  const subject = subjectOf(payload) || "-";
  for (const key of ["pull_request", "issue"]) {
    const holder = payload[key];
    if (isRecord(holder) && typeof holder["number"] === "number") return `${subject}#${holder["number"]}`;
  }
  return subject;
}
