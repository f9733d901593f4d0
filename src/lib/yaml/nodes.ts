// Where the parts of a YAML text stand: its maps, lists and keys with their offsets, for messages that name a line.
import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from "js-yaml";
import { firstDocumentOf, withoutRest } from "./load.ts";

/** Offsets count characters from the start of the text. */
export interface YAMLNode {
  start: number;
  items?: YAMLNode[];
  entries?: YAMLEntry[];
}

export interface YAMLEntry {
  /** "" for a key that is no text. */
  key: string;
  start: number;
  value: YAMLNode;
}

/** The first document of the text; undefined for one that is empty, broken or nested too deeply. Aliases stay leaves. */
export function yamlNodes(text: string): YAMLNode | undefined {
  return nodesOf(firstDocumentOf(text));
}

function nodesOf(text: string): YAMLNode | undefined {
  try {
    const events = parseEvents(text, {});
    return events.length > 1 ? new Builder(text, events).node() : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    if (!(error instanceof YAMLException)) throw error;
    const shorter = withoutRest(text, error);
    return shorter === undefined ? undefined : nodesOf(shorter);
  }
}

type Event = ReturnType<typeof parseEvents>[number];
type ScalarEvent = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;

class Builder {
  readonly #text: string;
  readonly #events: readonly Event[];
  /** The first event says that the document begins. */
  #next = 1;
  /** Of what stands nowhere, such as an empty value: the place before it. */
  #last = 0;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  node(): YAMLNode {
    const event = this.#events[this.#next++]!;
    switch (event.type) {
      case EVENT_ID.SEQUENCE: {
        const node = { start: this.#at(event.start), items: [] as YAMLNode[] };
        while (!this.#closed()) node.items.push(this.node());
        return node;
      }
      case EVENT_ID.MAPPING: {
        const node = { start: this.#at(event.start), entries: [] as YAMLEntry[] };
        while (!this.#closed()) node.entries.push(this.#entry());
        return node;
      }
      case EVENT_ID.ALIAS:
        return { start: this.#at(event.anchorStart - 1) };
      case EVENT_ID.SCALAR:
        return { start: this.#at(startOf(event)) };
      default:
        return { start: this.#last };
    }
  }

  #entry(): YAMLEntry {
    const event = this.#events[this.#next]!;
    const key = event.type === EVENT_ID.SCALAR ? getScalarValue(this.#text, event) : "";
    return { key, start: this.node().start, value: this.node() };
  }

  /** Whether the innermost list or map ends here; its end is passed then. */
  #closed(): boolean {
    if (this.#events[this.#next]!.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  #at(start: number): number {
    if (start >= 0) this.#last = start;
    return this.#last;
  }
}

/** With its quote. */
function startOf({ valueStart, style }: ScalarEvent): number {
  const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
  return quoted ? valueStart - 1 : valueStart;
}
