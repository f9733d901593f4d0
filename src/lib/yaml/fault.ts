// What Go's YAML loader (go.yaml.in/yaml/v2) says is wrong with a text, in its words and with its line: people search for
// them, and they are quoted where Prow quotes them.
import { Parser, TooDeep } from "./fault/parser.ts";
import { Fault, Reader } from "./fault/reader.ts";

/** For example `line 4: mapping values are not allowed in this context`; undefined when the syntax of the first document is right. */
export const yamlFault = (text: string): string | undefined => goThrough(new Reader(text));

/**
 * The same text with every line indented that goes on with a flow collection or a quoted text: Go's loader takes such
 * lines however little they are indented. undefined when the syntax is wrong.
 */
export function withIndentedContinuations(text: string): string | undefined {
  const reader = new Reader(text);
  return goThrough(reader) === undefined ? reader.withIndentedContinuations() : undefined;
}

function goThrough(reader: Reader): string | undefined {
  try {
    new Parser(reader).document();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
}
