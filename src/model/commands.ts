// Slash commands in comments: Prow's regexes over the whole text, in RE2's linear time (comments are anybody's).
import { regex } from "../lib/re2.ts";

/** A command as its regex finds it. Groups that took no part are "". */
export interface CommandPattern {
  test(body: string): boolean;
  /** The occurrences, at most the first hundred, with their groups; [0] is the whole match. */
  all(body: string): string[][];
}

/** A comment has room for thousands, each of which may cost a request to GitHub. */
const MOST = 100;

/** `source` is in Go's syntax with its flags, e.g. `(?mi)^/hold(\s.*)?$`; compiled when first needed. */
export function command(source: string): CommandPattern {
  return {
    test: (body) => mayHoldCommand(body) && regex(source).test(body),
    all: (body) =>
      mayHoldCommand(body)
        ? regex(source)
            .matchAll(body, MOST)
            .map((groups) => groups.map((group) => group ?? ""))
        : [],
  };
}

/** Most comments hold no command: no line of theirs begins with a slash. */
const mayHoldCommand = (body: string): boolean => body.startsWith("/") || body.includes("\n/");

const FENCES = ["```", "~~~"];

/** The text without its fenced code blocks. A fence that is never closed by a line of its own opens none. */
export function dropCodeBlocks(text: string): string {
  const lines = text.split("\n");
  const kept: string[] = [];
  const last = new Map(FENCES.map((mark) => [mark, lines.lastIndexOf(mark)]));
  for (let i = 0; i < lines.length; i++) {
    const fence = FENCES.find((mark) => lines[i]!.startsWith(mark));
    const close = fence && last.get(fence)! > i ? lines.indexOf(fence, i + 1) : -1;
    if (close === -1) kept.push(lines[i]!);
    else {
      // A block that ends the text takes no newline with it, but leaves an empty last line.
      if (close === lines.length - 1) kept.push("");
      i = close;
    }
  }
  return kept.join("\n");
}
