// A field that holds a regular expression: RE2's verdict at once, where the pattern stands.
import { RegexError, regex } from "./re2.ts";
import { type Path, type Report, type Schema, string } from "./schema.ts";

/** The pattern stays text; `regex` has it compiled. With `lax` a bad one is only warned of, since its user skips it. */
export function pattern(doc?: string, { lax = false } = {}): Schema<string> {
  const text = string(doc);
  return {
    ...text,
    decode(value: unknown, path: Path, report: Report) {
      const decoded = text.decode(value, path, report);
      const fault = decoded === undefined ? undefined : patternFault(decoded);
      if (fault === undefined) return decoded;
      const message = `not a regular expression: ${fault}`;
      report({ level: lax ? "warning" : "error", path: [...path], message, hint: "the syntax is RE2's" });
      return lax ? decoded : undefined;
    },
  };
}

/** What RE2 says against it. */
function patternFault(text: string): string | undefined {
  try {
    regex(text);
    return undefined;
  } catch (error) {
    if (error instanceof RegexError) return error.message.replace(/^error parsing regexp: /, "");
    throw error;
  }
}
