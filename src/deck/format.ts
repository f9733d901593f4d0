// Times, lengths and states as people read them.
import { html } from "hono/html";
import type { ProwJob, ProwJobState } from "../model/prowjob.ts";
import type { Html } from "./layout.ts";

/** `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** When something happened: how long ago, the exact time on hover, kept current by the page's script. */
export function ago(time: string | undefined, now: Date): Html {
  if (!time) return html`<span class="dim">–</span>`;
  return html`<time datetime="${time}" title="${time}">${lasting(now.getTime() - Date.parse(time))} ago</time>`;
}

/** How long a job has run, or ran. */
export function jobLength({ status }: ProwJob, now: Date): string {
  if (!status.startTime) return "–";
  const end = status.completionTime ? Date.parse(status.completionTime) : now.getTime();
  return lasting(end - Date.parse(status.startTime));
}

const MARKS: Record<ProwJobState | "none", string> = {
  scheduling: "…",
  triggered: "○",
  pending: "◐",
  success: "✓",
  failure: "✗",
  aborted: "⊘",
  error: "!",
  none: "–",
};

/** A state is told by shape, word and colour. */
export function stateBadge(state: ProwJobState | undefined): Html {
  const name = state ?? "none";
  return html`<span class="state ${name}"><span aria-hidden="true">${MARKS[name]}</span> ${name}</span>`;
}

/** A link only if it is plain web; anything else is shown as text. */
export function link(url: string | undefined, text: string | Html): Html {
  return url && /^(https?:\/\/|\/)/i.test(url) ? html`<a href="${url}">${text}</a>` : html`${text}`;
}

export const shortSHA = (sha: string | undefined): string => (sha ?? "").slice(0, 7);
