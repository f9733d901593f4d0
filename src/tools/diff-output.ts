// A difference of configurations as text for a terminal, Markdown for a pull request's comment, or JSON.
import type { TideQuery } from "../config/tide-schema.ts";
import { cutText } from "../lib/cut-text.ts";
import type { Alteration, Difference, JobName } from "./config-diff.ts";
import type { Change } from "./field-diff.ts";

export const DIFF_FORMATS = ["text", "json", "markdown"] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];

/** GitHub takes comments of 65,536 characters; something is left for whoever posts it. */
const MOST_MARKDOWN = 60_000;
const MOST_VALUE = 120;
const MOST_NAMES = 20;
const MOST_CHANGES = 40;

const jobText = ({ kind, repo, name }: JobName): string => `${kind} ${repo ? `${repo} ` : ""}${name}`;

const valueText = (value: unknown, most: number): string => cutText(JSON.stringify(value) ?? "", most);

function changeText({ field, before, after }: Change, most: number): string {
  if (before === undefined) return `+ ${field}: ${valueText(after, most)}`;
  if (after === undefined) return `- ${field}: ${valueText(before, most)}`;
  return `~ ${field}: ${valueText(before, most)} → ${valueText(after, most)}`;
}

const queryText = (query: TideQuery): string =>
  Object.entries(query)
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && !value.length))
    .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(", ") : String(value)}`)
    .join("; ");

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export function summary({ added, removed, altered, tideQueries, plugins, settings }: Difference): string {
  const jobs = altered.reduce((sum, group) => sum + group.jobs.length, 0);
  const queries = tideQueries.added.length + tideQueries.removed.length + tideQueries.altered.length;
  const parts = [
    [added.length, `${plural(added.length, "job")} added`],
    [removed.length, `${plural(removed.length, "job")} removed`],
    [jobs, `${plural(jobs, "job")} altered`],
    [queries, `${plural(queries, "tide query", "tide queries")} changed`],
    [plugins.length, `plugins of ${plural(plugins.length, "scope")} changed`],
    [settings.length, `${plural(settings.length, "other setting")} changed`],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([, text]) => text)
      .join(", ") || "nothing changes"
  );
}

export function differenceText(difference: Difference, format: DiffFormat): string {
  if (format === "json") return JSON.stringify(difference, undefined, 2);
  return format === "markdown" ? markdown(difference) : text(difference);
}

function text(difference: Difference): string {
  const { added, removed, altered, tideQueries, plugins, settings } = difference;
  const change = (one: Change) => `    ${changeText(one, 1_000)}`;
  const lines = [
    ...added.map((job) => `+ ${jobText(job)}`),
    ...removed.map((job) => `- ${jobText(job)}`),
    ...altered.flatMap(({ jobs, changes }) => [
      ...jobs.map((job) => `~ ${jobText(job)}`),
      ...changes.map(change),
    ]),
    ...tideQueries.added.map((query) => `+ tide query: ${queryText(query)}`),
    ...tideQueries.removed.map((query) => `- tide query: ${queryText(query)}`),
    ...tideQueries.altered.flatMap(({ query, changes }) => [
      `~ tide query: ${queryText(query)}`,
      ...changes.map(change),
    ]),
    ...plugins.flatMap(({ scope, added: more, removed: less }) => [
      `~ plugins of ${scope}`,
      ...more.map((name) => `    + ${name}`),
      ...less.map((name) => `    - ${name}`),
    ]),
    ...(settings.length ? ["~ config.yaml", ...settings.map(change)] : []),
  ];
  return [...lines, ...(lines.length ? [""] : []), `${summary(difference)}.`].join("\n");
}

/** Code in Markdown, whatever is in it. */
function code(content: string): string {
  const longest = Math.max(0, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${content.replaceAll("\n", " ")}${space}${fence}`;
}

const jobCode = ({ kind, repo, name }: JobName): string =>
  `${code(name)} (${kind}${repo ? ` of ${code(repo)}` : ""})`;

const bullet = (content: string): string => `- ${content}\n`;
const changeCode = (change: Change): string => `  - ${code(changeText(change, MOST_VALUE))}\n`;

function alteration({ jobs, changes }: Alteration): string {
  const shown = jobs.slice(0, MOST_NAMES).map(jobCode).join(", ");
  const more = jobs.length > MOST_NAMES ? `, and ${jobs.length - MOST_NAMES} more` : "";
  const head = jobs.length === 1 ? jobCode(jobs[0]!) : `**${jobs.length} jobs**: ${shown}${more}`;
  const rest = changes.length - MOST_CHANGES;
  const left = rest > 0 ? `  - … and ${rest} more fields\n` : "";
  return `- ${head}\n${changes.slice(0, MOST_CHANGES).map(changeCode).join("")}${left}`;
}

interface Section {
  title: string;
  items: string[];
}

function sectionsOf({ added, removed, altered, tideQueries, plugins, settings }: Difference): Section[] {
  const signed = (sign: string, names: readonly string[]) =>
    names.map((name) => `  - ${code(`${sign} ${name}`)}\n`).join("");
  return [
    { title: "Jobs added", items: added.map((job) => bullet(jobCode(job))) },
    { title: "Jobs removed", items: removed.map((job) => bullet(jobCode(job))) },
    { title: "Jobs altered", items: altered.map(alteration) },
    {
      title: "Tide queries",
      items: [
        ...tideQueries.added.map((query) => bullet(`added: ${code(queryText(query))}`)),
        ...tideQueries.removed.map((query) => bullet(`removed: ${code(queryText(query))}`)),
        ...tideQueries.altered.map(
          ({ query, changes }) => `- ${code(queryText(query))}\n${changes.map(changeCode).join("")}`,
        ),
      ],
    },
    {
      title: "Plugins",
      items: plugins.map(
        ({ scope, added: more, removed: less }) =>
          `- ${code(scope)}\n${signed("+", more)}${signed("-", less)}`,
      ),
    },
    {
      title: "Other settings",
      items: settings.map((change) => bullet(code(changeText(change, MOST_VALUE)))),
    },
  ].filter(({ items }) => items.length > 0);
}

/** Sections share the room: each shows its first items, then says how many are left out. */
function markdown(difference: Difference): string {
  const sections = sectionsOf(difference);
  const head = `### Effect of this configuration change\n\n${summary(difference)}.\n`;
  const room = Math.floor((MOST_MARKDOWN - head.length) / Math.max(1, sections.length));
  return head + sections.map((section) => sectionText(section, room)).join("");
}

function sectionText({ title, items }: Section, room: number): string {
  let content = `\n#### ${title}\n\n`;
  for (const [shown, item] of items.entries()) {
    if (content.length + item.length > room - 100) {
      return `${content}- … and ${items.length - shown} more; \`cutwater render --diff\` lists them all\n`;
    }
    content += item;
  }
  return content;
}
