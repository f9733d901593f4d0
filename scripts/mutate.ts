// Changes a configuration at random, in its text or in its tree, as people and vandals do.
import { isRecord } from "../src/lib/schema.ts";
import { dumpYAML, loadYAML } from "../src/lib/yaml/load.ts";
import { LINES, SCALARS } from "./hostile-texts.ts";
import type { Chance } from "./seeded.ts";

/** The text with one small change; `words`: names that the configuration's fields have. */
export function mutateText(text: string, chance: Chance, words: readonly string[]): string {
  const lines = text.split("\n");
  const at = chance.below(lines.length);
  const line = lines[at]!;
  const value = /^(\s*(?:- )?[\w-]+:\s+)(\S.*)$/.exec(line);
  const key = /^(\s*(?:- )?)([\w-]+)(:.*)$/.exec(line);
  switch (chance.below(9)) {
    case 0:
      return spliced(lines, at, 1);
    case 1:
      return spliced(lines, at, 0, line);
    case 2:
      return spliced(lines, at, 1, chance.oneIn(2) ? ` ${line}` : line.replace(/^ /, ""));
    case 3:
      return spliced(lines, at, 0, (/^\s*/.exec(line)?.[0] ?? "") + chance.pick(LINES));
    case 4:
      return key ? spliced(lines, at, 1, `${key[1]}${misspelt(key[2]!, chance)}${key[3]}`) : text;
    case 5:
      return key ? spliced(lines, at, 1, `${key[1]}${chance.pick(words)}${key[3]}`) : text;
    case 6: {
      const other = lines[chance.below(lines.length)]!;
      return spliced(lines, at, 1, other);
    }
    default:
      return value ? spliced(lines, at, 1, `${value[1]}${chance.pick(SCALARS)}`) : text;
  }
}

function spliced(lines: readonly string[], at: number, remove: number, ...add: string[]): string {
  return lines.toSpliced(at, remove, ...add).join("\n");
}

function misspelt(word: string, chance: Chance): string {
  const at = chance.below(word.length);
  return chance.oneIn(2) ? word.slice(0, at) + word.slice(at + 1) : word.toUpperCase();
}

/** Bytes that nobody meant: cut, doubled, replaced. */
export function mangleText(text: string, chance: Chance): string {
  const [from, length] = [chance.below(text.length + 1), chance.below(20)];
  const piece = text.slice(from, from + length);
  const odd = chance.oneIn(2) ? chance.pick(SCALARS) : String.fromCharCode(chance.below(0x300));
  return (
    text.slice(0, from) + chance.pick(["", piece + piece, odd, `${piece}\n`]) + text.slice(from + length)
  );
}

/** The same text with one part of its tree removed, replaced, doubled or taken from elsewhere. */
export function mutateTree(text: string, chance: Chance, words: readonly string[]): string {
  const root = loadYAML(text);
  const parts: { holder: Record<string, unknown> | unknown[]; key: string | number }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Array.isArray(node) ? node.keys() : Object.keys(node)) {
      parts.push({ holder: node as unknown[], key });
      visit((node as Record<string | number, unknown>)[key]);
    }
  };
  visit(root);
  if (!parts.length) return text;
  const { holder, key } = chance.pick(parts);
  const other = chance.pick(parts);
  const taken: unknown = structuredClone((other.holder as Record<string | number, unknown>)[other.key]);
  const values = holder as Record<string | number, unknown>;
  switch (chance.below(5)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(key as number, 1);
      else delete values[key];
      break;
    case 1:
      if (Array.isArray(holder)) holder.push(structuredClone(values[key]));
      else values[chance.pick(words)] = structuredClone(values[key]);
      break;
    case 2:
      values[key] = taken;
      break;
    case 3:
      if (isRecord(values[key])) (values[key] as Record<string, unknown>)[chance.pick(words)] = taken;
      else values[key] = null;
      break;
    default:
      values[key] = loadYAML(chance.pick(SCALARS));
  }
  return dumpYAML(root);
}
