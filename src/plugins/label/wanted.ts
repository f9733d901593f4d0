// Which labels a comment asks to add and to remove.
import { command } from "../../model/commands.ts";

const KINDS = "(area|committee|kind|language|priority|sig|triage|wg)";
const ADD = command(`(?m)^/${KINDS}\\s*(.*?)\\s*$`);
const REMOVE = command(`(?m)^/remove-${KINDS}\\s*(.*?)\\s*$`);
const ADD_CUSTOM = command("(?m)^/label\\s*(.*?)\\s*$");
const REMOVE_CUSTOM = command("(?m)^/remove-label\\s*(.*?)\\s*$");

/** Categories whose last label leaves a `needs-…` label behind. */
const NEEDED = ["kind", "priority", "sig", "triage"];

export interface Wanted {
  add: string[];
  remove: string[];
  /** Commands (as written) for labels that /label does not know. */
  unknown: string[];
}

/** In linear time, which a regex would not keep for many comments that are never closed. */
export function withoutHTMLComments(body: string): string {
  let kept = "";
  for (let from = 0; ; ) {
    const open = body.indexOf("<!--", from);
    const close = open === -1 ? -1 : body.indexOf("-->", open + "<!--".length);
    if (close === -1) return kept + body.slice(from);
    kept += body.slice(from, open);
    from = close + "-->".length;
  }
}

/** undefined: the text (without HTML comments) says nothing about labels. `isCustom`: /label may set it. */
export function wantedLabels(text: string, isCustom: (label: string) => boolean): Wanted | undefined {
  const matches = [ADD, REMOVE, ADD_CUSTOM, REMOVE_CUSTOM].map((pattern) => pattern.all(text));
  const [add = [], remove = [], addCustom = [], removeCustom = []] = matches;
  if (matches.every((found) => found.length === 0)) return undefined;
  const custom = [addCustom, removeCustom].map((found) => customLabels(found, isCustom));
  const [added, removed] = custom;
  return {
    add: [...kindLabels(add), ...added!.known],
    remove: [...kindLabels(remove), ...removed!.known],
    unknown: [...added!.unknown, ...removed!.unknown],
  };
}

/** `/kind bug feature` names two labels. */
const kindLabels = (matches: string[][]): string[] =>
  matches.flatMap(([whole = "", kind = ""]) =>
    whole
      .trim()
      .split(" ")
      .slice(1)
      .map((name) => `${kind}/${name.trim()}`.toLowerCase()),
  );

/** `/label` takes exactly one. */
function customLabels(matches: string[][], isCustom: (label: string) => boolean) {
  const known: string[] = [];
  const unknown: string[] = [];
  for (const [whole = ""] of matches) {
    const [verb, name, ...rest] = whole.trim().split(" ");
    if ((verb !== "/label" && verb !== "/remove-label") || name === undefined || rest.length > 0) continue;
    if (isCustom(name.toLowerCase())) known.push(name.toLowerCase());
    else unknown.push(whole);
  }
  return { known, unknown };
}

const inCategory = (labels: readonly string[], category: string): string[] =>
  labels.filter((label) => label.startsWith(`${category}/`));

/** The `needs-…` labels that come back, because the last label of their category goes. */
export function neededAgain(
  { add, remove }: Wanted,
  onIssue: readonly string[],
  inRepo: ReadonlySet<string>,
): string[] {
  return NEEDED.filter((category) => {
    const removed = inCategory(remove, category);
    return (
      inRepo.has(`needs-${category}`) &&
      removed.length > 0 &&
      inCategory(add, category).length === 0 &&
      inCategory(onIssue, category).every((label) => removed.includes(label))
    );
  }).map((category) => `needs-${category}`);
}
