// The small part of Markdown that bots' comments use. Everything is escaped first; only tags made here come out.

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] as string);

const SAFE_URL = /^(https?:\/\/|mailto:|\/(?!\/)|#)/i;

/** A URL in which something was set aside already is none: its markup would end up inside the attribute. */
const link = (label: string, url: string): string =>
  SAFE_URL.test(url) && !url.includes("\u0000")
    ? `<a href="${url}" rel="nofollow noopener">${label}</a>`
    : label;

/** Works on escaped text. Code spans and links are set aside first, so that nothing inside them is touched again. */
function inline(escaped: string): string {
  const kept: string[] = [];
  const keep = (html: string): string => `\u0000${kept.push(html) - 1}\u0000`;
  const marked = escaped
    .replaceAll("\u0000", "")
    .replace(/(`+)(.+?)\1/g, (_, _ticks: string, code: string) => keep(`<code>${code.trim()}</code>`))
    .replace(/&lt;(\/?)(kbd|sub|sup|b|i|em|strong|code|samp|tt)&gt;/gi, (_, close: string, tag: string) =>
      keep(`<${close}${tag.toLowerCase()}>`),
    )
    .replace(/&lt;br ?\/?&gt;/gi, () => keep("<br>"))
    .replace(
      /&lt;a href=(?:&quot;|&#39;)?([^\s&]{1,2000}(?:&amp;[^\s&]{1,500}){0,50})(?:&quot;|&#39;)?(?:(?!&[lg]t;).){0,200}&gt;((?:(?!&lt;).){0,500})&lt;\/a&gt;/gi,
      (_, url: string, label: string) => keep(link(label, url)),
    )
    .replace(/!\[([^\]]*)\]\(([^)\s]+)[^)]*\)/g, (_, label: string, url: string) =>
      keep(link(label || "image", url)),
    )
    // The label's inner brackets are bounded: on nothing but brackets each would be searched to the end of the text.
    .replace(
      /\[((?:[^\][]|\[[^\]]{0,500}\])+)\]\(([^()\s]+(?:\([^()\s]*\))?)(?: &quot;.*?&quot;)?\)/g,
      (_, label: string, url: string) => keep(link(emphasis(label), url)),
    )
    .replace(/\bhttps?:\/\/[^\s<>\u0000]*[^\s<>\u0000.,:;!?)'"*_]/g, (url) => keep(link(url, url)));
  const restore = (text: string): string =>
    text.replace(/\u0000(\d+)\u0000/g, (_, n: string) => restore(kept[Number(n)] ?? ""));
  return restore(mentions(emphasis(marked)));
}

const emphasis = (text: string): string =>
  text
    .replace(/\*\*(?=\S)(.+?)\*\*/g, "<strong>$1</strong>")
    .replace(/(?<![\w*])\*(?=\S)([^*]+?)\*(?![\w*])/g, "<em>$1</em>")
    .replace(/(?<![\w_])_(?=\S)([^_]+?)_(?![\w_])/g, "<em>$1</em>")
    .replace(/~~(?=\S)(.+?)~~/g, "<del>$1</del>");

const mentions = (text: string): string =>
  text.replace(/(^|[\s(,])@([a-z\d][a-z\d-]*)(?![\w@])/gi, '$1<a class="mention" href="/$2">@$2</a>');

/** Blocks: headings, lists, tables, quotes, code, rules, details; the rest are paragraphs with kept line breaks. */
export function markdown(text: string): string {
  const lines = text
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/\r\n?/g, "\n")
    .split("\n");
  return blocks(lines).join("\n");
}

/** A block begins where `test` matches a line; `take` gives its HTML and how many lines it ate. */
interface Block {
  test: RegExp;
  take(lines: string[]): [html: string, eaten: number];
}

const run = (lines: string[], belongs: (line: string, index: number) => boolean): number => {
  const end = lines.findIndex((line, index) => !belongs(line, index));
  return end < 0 ? lines.length : end;
};

function fence(lines: string[]): [string, number] {
  const mark = /^ {0,3}(`{3,}|~{3,})/.exec(lines[0] ?? "")?.[1] ?? "```";
  const close = lines.findIndex((line, index) => index > 0 && line.trim().startsWith(mark));
  const end = close < 0 ? lines.length : close;
  return [`<pre><code>${escapeHtml(lines.slice(1, end).join("\n"))}</code></pre>`, end + 1];
}

const ITEM = /^( *)([-*+]|\d+[.)]) +(.*)$/;

function list(lines: string[]): [string, number] {
  const first = ITEM.exec(lines[0] ?? "");
  const indent = first?.[1]?.length ?? 0;
  const tag = /\d/.test(first?.[2] ?? "") ? "ol" : "ul";
  const eaten = run(lines, (line) => ITEM.test(line) || (line.trim() !== "" && /^ {2,}/.test(line)));
  const items: string[][] = [];
  for (const line of lines.slice(0, eaten)) {
    const item = ITEM.exec(line);
    if (item && (item[1]?.length ?? 0) <= indent + 1) items.push([item[3] ?? ""]);
    else items.at(-1)?.push(line.slice(Math.min(line.search(/\S/), indent + 2)));
  }
  const shown = items.map(([head = "", ...rest]) => {
    const task = /^\[([ xX])\] (.*)$/.exec(head);
    const box = task ? `<input type="checkbox" disabled${task[1] === " " ? "" : " checked"}> ` : "";
    return `<li>${box}${inline(escapeHtml(task?.[2] ?? head))}${rest.length > 0 ? blocks(rest).join("\n") : ""}</li>`;
  });
  return [`<${tag}>${shown.join("")}</${tag}>`, eaten];
}

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => inline(escapeHtml(cell.trim().replaceAll("\\|", "|"))));

const RULE_OF_TABLE = /^[\s|:-]*-[\s|:-]*$/;

function table(lines: string[]): [string, number] {
  const eaten = run(lines, (line, index) => (index === 1 ? RULE_OF_TABLE.test(line) : line.includes("|")));
  const row = (line: string, tag: string) =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join("")}</tr>`;
  const body = lines.slice(2, eaten).map((line) => row(line, "td"));
  return [
    `<div class="wide"><table><thead>${row(lines[0] ?? "", "th")}</thead><tbody>${body.join("")}</tbody></table></div>`,
    eaten,
  ];
}

/** `<details>` and `<summary>` are the only HTML blocks that are let through. */
function details(lines: string[]): [string, number] {
  let depth = 0;
  const end = lines.findIndex((line) => {
    depth += (line.match(/<details\b/gi)?.length ?? 0) - (line.match(/<\/details>/gi)?.length ?? 0);
    return depth <= 0;
  });
  const eaten = end < 0 ? lines.length : end + 1;
  const inner = lines
    .slice(0, eaten)
    .join("\n")
    .replace(/^\s*<details[^>]*>/i, "")
    .replace(/<\/details>\s*$/i, "");
  const summary = /<summary[^>]*>([\s\S]*?)<\/summary>/i.exec(inner);
  const rest = summary ? inner.replace(summary[0], "") : inner;
  const head = inline(escapeHtml(summary?.[1]?.trim() ?? "Details"));
  return [`<details><summary>${head}</summary>${blocks(rest.split("\n")).join("\n")}</details>`, eaten];
}

const BLOCKS: Block[] = [
  { test: /^ {0,3}(`{3,}|~{3,})/, take: fence },
  { test: /^\s*<details\b/i, take: details },
  {
    test: /^#{1,6} /,
    take: ([line = ""]) => {
      const [, marks = "#", title = ""] = /^(#+) +(.*?)#*$/.exec(line) ?? [];
      const level = Math.min(6, marks.length + 2);
      return [`<h${level}>${inline(escapeHtml(title))}</h${level}>`, 1];
    },
  },
  { test: /^ {0,3}([-*_])( *\1){2,} *$/, take: () => ["<hr>", 1] },
  {
    test: /^ {0,3}>/,
    take: (lines) => {
      const eaten = run(lines, (line) => /^ {0,3}>/.test(line));
      const inner = lines.slice(0, eaten).map((line) => line.replace(/^ {0,3}> ?/, ""));
      return [`<blockquote>${blocks(inner).join("\n")}</blockquote>`, eaten];
    },
  },
  { test: ITEM, take: list },
];

function blocks(lines: string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at);
    const [line = "", next = ""] = rest;
    const found = BLOCKS.find((block) => block.test.test(line));
    const isTable = line.includes("|") && next.includes("-") && RULE_OF_TABLE.test(next);
    if (line.trim() === "") at += 1;
    else if (found || isTable) {
      const [html, eaten] = found ? found.take(rest) : table(rest);
      out.push(html);
      at += eaten;
    } else {
      const eaten = Math.max(
        1,
        run(rest, (text) => text.trim() !== "" && !BLOCKS.some((block) => block.test.test(text))),
      );
      out.push(
        `<p>${rest
          .slice(0, eaten)
          .map((text) => inline(escapeHtml(text.trim())))
          .join("<br>\n")}</p>`,
      );
      at += eaten;
    }
  }
  return out;
}
