// Texts that must compile: regexes and templates, blamed with what is wrong in them.
import { parseTemplate, TemplateError } from "../lib/go/template.ts";
import type { TemplateFunction } from "../lib/go/template-functions.ts";
import { type Regex, RegexError, regex } from "../lib/re2.ts";
import type { Path } from "../lib/schema.ts";
import type { Blame } from "./fault.ts";

/** The compiled regex; undefined when it was blamed. `what` says what it is for. */
export function checkRegex(text: string, what: string, path: Path, blame: Blame): Regex | undefined {
  try {
    return regex(text);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    blame(`${what}: ${error.message}`, path, "Go's RE2 syntax has no look-around and no back-references");
    return undefined;
  }
}

/** `functions`: what the template may call besides Go's own. */
export function checkTemplate(
  text: string,
  what: string,
  path: Path,
  blame: Blame,
  functions?: Readonly<Record<string, TemplateFunction>>,
): void {
  try {
    parseTemplate(text, functions);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    blame(`${what}: ${error.message}`, path, "it is a Go template, see https://pkg.go.dev/text/template");
  }
}
