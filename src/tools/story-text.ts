// The story of a pull request as text for a terminal.
import type { Chapter, Line, Story } from "../model/pull-story.ts";

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

const plain = (text: string): string => text;
export const UNPAINTED: Paint = { bold: plain, dim: plain, good: plain, bad: plain };

const painted = (code: number) => (text: string) => `\x1b[${code}m${text}\x1b[0m`;
export const PAINTED: Paint = { bold: painted(1), dim: painted(2), good: painted(32), bad: painted(31) };

/** Names of plugins and components stand in a column, unless one is longer than this. */
const WIDEST_NAME = 18;

export function storyText(title: string, { chapters, end }: Story, paint: Paint): string {
  const told = chapters.map((chapter) => chapterText(chapter, paint));
  return [paint.bold(title), "", ...told.flatMap((text) => [text, ""]), ...(end ? [paint.bold(end)] : [])]
    .join("\n")
    .trimEnd();
}

function chapterText({ at, head, details, because, lines }: Chapter, paint: Paint): string {
  const width = Math.min(WIDEST_NAME, Math.max(...lines.map(({ who }) => who.length), 0));
  return [
    `${paint.dim(`${at.slice(0, 10)} ${at.slice(11, 19)}`)}  ${paint.bold(head)}`,
    ...(details.length > 0 ? [`  ${paint.dim(details.join(" · "))}`] : []),
    ...because.map((sentence) => `  because: ${sentence}`),
    ...lines.flatMap((line, index) => lineTexts(line, width, index + 1 === lines.length, paint)),
  ].join("\n");
}

function lineTexts(
  { at, who, text, outcome, error, ms }: Line,
  width: number,
  last: boolean,
  paint: Paint,
): string[] {
  const mark = { done: paint.good("✓"), failed: paint.bad("✗"), dry: paint.dim("○"), said: paint.dim("·") }[
    outcome
  ];
  const dry = outcome === "dry" ? ["dry run"] : [];
  const took = ms !== undefined && ms >= 1_000 ? [`${(ms / 1_000).toFixed(1)} s`] : [];
  const notes = [...dry, ...took].join(", ");
  const tail = notes ? ` ${paint.dim(`(${notes})`)}` : "";
  const body = outcome === "said" ? paint.dim(text) : text;
  const [branch, under] = last ? ["└", " "] : ["├", "│"];
  return [
    `  ${paint.dim(branch)} ${paint.dim(at.slice(11, 19))} ${mark} ${who.padEnd(width)}  ${body}${tail}`,
    ...(error ? [`  ${paint.dim(under)}              ${paint.bad(error)}`] : []),
  ];
}
