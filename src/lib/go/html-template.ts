// Go's html/template for text with some HTML in it, such as comments: values are escaped, HTML comments are left out.
import { type Output, parseTemplate } from "./template.ts";

/** Runs a template over data. Throws TemplateError. */
export const htmlFrom = (template: string, data: unknown): string =>
  parseTemplate(template).execute(data, htmlOutput());

const ESCAPES: Record<string, string> = {
  "\0": "\uFFFD",
  '"': "&#34;",
  "&": "&amp;",
  "'": "&#39;",
  "+": "&#43;",
  "<": "&lt;",
  ">": "&gt;",
};
const escaped = (text: string): string => text.replace(/["&'+<>\0]/g, (character) => ESCAPES[character]!);

/** What comes next is text, inside a tag, inside a quoted attribute of one, or inside a comment. */
type Place = "text" | "tag" | '"' | "'" | "comment";

/** A `<` that opens nothing is escaped. */
const OPENING = /^(<!--)|^<(?:!doctype|\/?[a-z])/i;

function htmlOutput(): Output {
  let out = "";
  let place: Place = "text";

  /** Takes the beginning of `rest` up to where the place changes; gives what is left. */
  const step = (rest: string): string => {
    if (place === "comment") {
      const end = rest.indexOf("-->");
      if (end === -1) return "";
      place = "text";
      return rest.slice(end + 3);
    }
    if (place !== "text") return stepInTag(rest);
    const at = rest.indexOf("<");
    if (at === -1) {
      out += rest;
      return "";
    }
    out += rest.slice(0, at);
    const opening = OPENING.exec(rest.slice(at, at + 10));
    if (opening?.[1]) {
      place = "comment";
      return rest.slice(at + 4);
    }
    if (opening) place = "tag";
    out += opening ? "<" : "&lt;";
    return rest.slice(at + 1);
  };

  const stepInTag = (rest: string): string => {
    const at = rest.search(place === "tag" ? /[>"']/ : place === '"' ? /"/ : /'/);
    const end = at === -1 ? rest.length : at + 1;
    out += rest.slice(0, end);
    if (at !== -1) {
      const found = rest[at]!;
      if (found === ">") place = "text";
      else place = place === "tag" ? (found as '"' | "'") : "tag";
    }
    return rest.slice(end);
  };

  return {
    text(text) {
      for (let rest = text; rest !== ""; ) rest = step(rest);
    },
    value(text) {
      if (place !== "comment") out += escaped(text);
    },
    end: () => out,
  };
}
