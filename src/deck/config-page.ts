// What is in force of the configuration, and every problem of the files as they are now, with its line.
import { html } from "hono/html";
import type { LocatedProblem } from "../config/source.ts";
import type { ConfigStatus, HalfStatus } from "../config/status.ts";
import { ago } from "./format.ts";
import type { Html } from "./layout.ts";

export function configPage({ config, plugins }: ConfigStatus, now: Date): Html {
  return html`<h1>Configuration</h1>
${half("Components and jobs", config, now)}
${plugins ? half("Plugins", plugins, now) : ""}`;
}

function half(title: string, { current, since, loaded, problems }: HalfStatus, now: Date): Html {
  const when = (time: Date): Html => ago(time.toISOString(), now);
  const state = current
    ? html`<p><span class="state success"><span aria-hidden="true">✓</span> in force</span> as it is on disk; loaded ${when(loaded)}.</p>`
    : html`<p><span class="state failure"><span aria-hidden="true">✗</span> not in force</span> since ${when(since)}: the files as they are cannot be used. What was loaded ${when(loaded)} stays in force.</p>`;
  const [errors, warnings] = ["error", "warning"].map((level) =>
    problems.filter((problem) => problem.level === level),
  );
  return html`<section>
<h2>${title}</h2>
${state}
${listed("What is wrong", errors!)}
${listed("What may not be meant", warnings!)}
${problems.length === 0 ? html`<p class="empty">No problems.</p>` : ""}
</section>`;
}

const listed = (title: string, problems: readonly LocatedProblem[]): Html =>
  problems.length === 0
    ? html``
    : html`<h3>${title} (${problems.length})</h3>
<ul class="problems">${problems.map(listedProblem)}</ul>`;

function listedProblem({ file, line, column, message, hint, excerpt }: LocatedProblem): Html {
  return html`<li><p><code>${excerpt ? `${file}:${line}:${column}` : file}</code> ${message}${hint ? html` <span class="dim">(${hint})</span>` : ""}</p>
${excerpt.trim() === "^" || !excerpt ? "" : html`<pre>${excerpt}</pre>`}</li>`;
}

/** For the top of every page, while something is not in force. */
export function configBanner({ config, plugins }: ConfigStatus): string | undefined {
  const stale = [config, plugins].filter((half) => half && !half.current);
  const errors = stale.flatMap((half) => half!.problems.filter(({ level }) => level === "error"));
  const [first] = errors;
  if (!first) return undefined;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const place = first.excerpt ? `${first.file}:${first.line}:${first.column}: ` : "";
  return `The newest configuration is not in force, an earlier one is: ${place}${first.message}${more}`;
}
