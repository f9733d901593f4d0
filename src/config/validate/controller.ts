// What plank and every jenkins operator have alike: templates and limits.
import type { TemplateFunction } from "../../lib/go/template-functions.ts";
import type { Path } from "../../lib/schema.ts";
import { checkTemplate } from "../check-text.ts";
import type { Blame } from "../fault.ts";

interface Controller {
  job_url_template?: string;
  report_template?: string;
  report_templates?: Record<string, string>;
  max_concurrency?: number;
  max_goroutines?: number;
}

/** `functions`: what the job URL template may call besides Go's own. */
export function checkController(
  controller: Controller,
  name: string,
  at: Path,
  blame: Blame,
  functions?: Readonly<Record<string, TemplateFunction>>,
): void {
  const what = `validating ${name} config`;
  const { report_template: template = "", report_templates: templates = {} } = controller;
  const url = controller.job_url_template ?? "";
  checkTemplate(url, `${what}: parsing template`, [...at, "job_url_template"], blame, functions);
  const several = Object.entries(templates);
  if (template && several.length) {
    blame(`${what}: both report_template and report_templates are specified`, [...at, "report_template"]);
  }
  checkTemplate(template, `${what}: error while parsing template for *`, [...at, "report_template"], blame);
  for (const [repo, text] of several) {
    const path = [...at, "report_templates", repo];
    checkTemplate(text, `${what}: error while parsing template for ${repo}`, path, blame);
  }
  const { max_concurrency: jobs = 0, max_goroutines: workers = 0 } = controller;
  if (jobs < 0) {
    blame(`${what}: controller has invalid max_concurrency (${jobs}), it needs to be a non-negative number`, [
      ...at,
      "max_concurrency",
    ]);
  }
  if (workers < 0) {
    blame(`${what}: controller has invalid max_goroutines (${workers}), it needs to be a positive number`, [
      ...at,
      "max_goroutines",
    ]);
  }
}
