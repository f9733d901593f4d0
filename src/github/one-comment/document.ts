// All that the bot says on a pull request, in the text of one comment: parts between marker lines, written and read back.
import { answeredURL } from "../../model/reply.ts";
import { unix } from "../../model/same-text.ts";

/** What stands as a comment of its own elsewhere. */
export interface Part {
  /** Drawn at random, so that parts of two processes do not collide. */
  id: number;
  /** How often it was edited. */
  edits: number;
  created: string;
  /** The same as `created` while nobody has changed it. */
  updated: string;
  body: string;
}

export interface OneComment {
  parts: readonly Part[];
  /** The last writes that this text is built on, oldest first: who does not find the own one there was written over. */
  writes: readonly string[];
  /** Ids of the parts that were taken out last. */
  gone: readonly number[];
  /** How often it was posted anew, so that people were notified. */
  posts: number;
}

export const EMPTY: OneComment = { parts: [], writes: [], gone: [], posts: 0 };

/** GitHub refuses more than 65,536 characters. */
const LONGEST = 65_000;
/** Old replies are dropped beyond it. */
const MOST_REPLIES = 30;

const HEADER = /^<!-- cutwater: all that the bot has to say (\{.*\}) -->$/;
const BEGIN = /^<!-- part (\d+) (\d+) (\S+) (\S+) -->$/;
const END = "<!-- /part -->";
/** A line of a body that could be taken for a marker gets one backslash more. */
const LIKE_MARKER = /^<!-- (\\*)(?=\/?part\b)/gm;
const ESCAPED = /^<!-- \\(\\*)(?=\/?part\b)/gm;

const SEAL = /"seal":"[^"]*"/;

/** The text that a seal is over: the seal itself left out. Line ends do not count, since GitHub may change them. */
export function sealable(body: string): string {
  const [header = "", ...rest] = unix(body).split("\n");
  return [header.replace(SEAL, '"seal":""'), ...rest].join("\n");
}

export interface Parsed extends OneComment {
  seal: string;
}

/** undefined for any other comment. What is no part is layout. */
export function parseOneComment(body: string): Parsed | undefined {
  const [first = "", ...lines] = body.split("\n");
  const state = headerOf(first.trimEnd());
  if (!state) return undefined;
  const parts: Part[] = [];
  let open: { part: Omit<Part, "body">; from: number } | undefined;
  for (const [at, line] of lines.entries()) {
    const text = line.trimEnd();
    const [, id, edits, created = "", updated = ""] = BEGIN.exec(text) ?? [];
    if (!open && id)
      open = { part: { id: Number(id), edits: Number(edits), created, updated }, from: at + 1 };
    else if (open && text === END) {
      const inner = lines.slice(open.from, at).join("\n");
      parts.push({ ...open.part, body: inner.replace(ESCAPED, "<!-- $1") });
      open = undefined;
    }
  }
  return { ...state, parts: parts.sort(inOrder) };
}

function headerOf(line: string): Omit<Parsed, "parts"> | undefined {
  try {
    const { posts, writes, gone, seal } = JSON.parse(HEADER.exec(line)?.[1] ?? "") as Partial<Parsed>;
    if (!Array.isArray(writes) || !Array.isArray(gone)) return undefined;
    return {
      writes: writes.map(String),
      gone: gone.map(Number),
      posts: Number(posts) || 0,
      seal: String(seal ?? ""),
    };
  } catch {
    return undefined; // somebody has edited it by hand
  }
}

const inOrder = (a: Part, b: Part): number =>
  a.created === b.created ? a.id - b.id : a.created < b.created ? -1 : 1;

/** As `fitted` leaves it; `seal` is given the text with an empty seal. */
export function renderOneComment(comment: OneComment, seal: (text: string) => string): string {
  const text = layout(comment, fitted(comment.parts));
  return text.replace(SEAL, () => `"seal":"${seal(text)}"`);
}

const isReply = ({ body }: Part): boolean => answeredURL(body) !== undefined;

function layout({ posts, writes, gone }: OneComment, parts: readonly Part[]): string {
  const header = `<!-- cutwater: all that the bot has to say ${JSON.stringify({ posts, writes, gone, seal: "" })} -->`;
  const notices = parts.filter((part) => !isReply(part));
  const [latest, ...earlier] = parts.filter(isReply).reverse();
  const blocks = [...notices, ...(latest ? [latest] : [])].map(block);
  if (earlier.length > 0) {
    const count = `${earlier.length} earlier ${earlier.length === 1 ? "reply" : "replies"}`;
    const folded = earlier.map(block).join("\n\n");
    blocks.push(`<details>\n<summary>${count}</summary>\n\n${folded}\n\n</details>`);
  }
  const shown = blocks.length > 0 ? blocks.join("\n\n---\n\n") : "_Nothing to say at present._";
  return `${header}\n${shown}`;
}

const block = ({ id, edits, created, updated, body }: Part): string =>
  `<!-- part ${id} ${edits} ${created} ${updated} -->\n${body.replace(LIKE_MARKER, "<!-- \\$1")}\n${END}`;

/** Room for the header and what stands around the parts. */
const FRAME = 2_500;

/** Notices of no more characters are dropped, the oldest first, and not shortened. */
const SHORT = 300;

/** The parts that there is room for: old replies go first, then the longest notices lose their middle. */
function fitted(parts: readonly Part[]): readonly Part[] {
  const most = LONGEST - FRAME;
  const size = (list: readonly Part[]) => list.reduce((sum, part) => sum + block(part).length + 9, 0);
  const replies = parts.filter(isReply);
  const dropped = new Set(replies.slice(0, -MOST_REPLIES));
  for (const reply of replies) {
    if (size(parts.filter((part) => !dropped.has(part))) <= most) break;
    dropped.add(reply);
  }
  let kept = parts.filter((part) => !dropped.has(part));
  for (let excess = size(kept) - most; excess > 0; excess = size(kept) - most) {
    const longest = kept.reduce((a, b) => (b.body.length > a.body.length ? b : a));
    // So many (anybody's commands may cause one each) that shortening gains nothing more: it would go on for ever.
    if (longest.body.length <= SHORT) {
      kept = kept.slice(1);
      continue;
    }
    const room = Math.max(Math.floor(longest.body.length / 2), longest.body.length - excess - 200);
    kept = kept.map((part) => (part === longest ? { ...part, body: shortened(part.body, room) } : part));
  }
  return kept;
}

/** The last line is often a marker that others look for, so the end stays. */
function shortened(body: string, most: number): string {
  const end = body.slice(-Math.min(500, Math.floor(most / 4)));
  const tail = end.slice(end.indexOf("\n") + 1);
  const head = body.slice(0, Math.max(0, most - tail.length - 60));
  return `${head.slice(0, head.lastIndexOf("\n") + 1) || head}\n(shortened: GitHub takes no longer comment)\n\n${tail}`;
}
