// What Kubernetes takes as the key and the value of a label.
const LONGEST_VALUE = 63;
const LONGEST_PREFIX = 253;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const PREFIX = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

export const isLabelValue = (text: string): boolean => text.length <= LONGEST_VALUE && VALUE.test(text);

/** Jobs share a few keys. */
const known = new Map<string, boolean>();
const MOST_KNOWN = 10_000;

/** `name` or `dns.prefix/name`: the key of a label or of an annotation. */
export function isQualifiedName(text: string): boolean {
  let answer = known.get(text);
  if (answer === undefined) {
    answer = judge(text);
    if (known.size < MOST_KNOWN) known.set(text, answer);
  }
  return answer;
}

function judge(text: string): boolean {
  const parts = text.split("/");
  const name = parts.at(-1)!;
  if (parts.length > 2 || name === "" || !isLabelValue(name)) return false;
  return parts.length === 1 || (parts[0]!.length <= LONGEST_PREFIX && PREFIX.test(parts[0]!));
}

/** Cut to what a label's value may be long; the annotation of the same name keeps the whole. */
export const asLabelValue = (text: string): string =>
  text.length > LONGEST_VALUE ? text.slice(0, LONGEST_VALUE).replace(/[._-]+$/, "") : text;
