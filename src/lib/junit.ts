// Reads JUnit's XML as it streams in: test by test, within bounds, whatever somebody's test has written there.
import type { SaxesParser, SaxesTagPlain } from "saxes";

export interface JUnitTest {
  name: string;
  /** Of the innermost suite. */
  suite: string;
  className: string;
  outcome: "passed" | "failed" | "skipped";
  seconds?: number;
  /** As the report tells it: any text. */
  file?: string;
  line?: number;
  /** Why it failed or was skipped, in short. */
  message: string;
  /** The same at length. */
  text: string;
}

export interface JUnitLimits {
  /** Bytes of the file. */
  most: number;
  /** Characters without a tag: beyond it the parser would have to keep them all. */
  longestText: number;
  deepest: number;
  /** Of one element. */
  mostAttributes: number;
  /** Faults that are read over, such as control characters. */
  mostFaults: number;
}

export const JUNIT_LIMITS: JUnitLimits = {
  most: 100_000_000,
  longestText: 16_000_000,
  deepest: 100,
  mostAttributes: 10_000,
  mostFaults: 1_000,
};

const LONGEST_NAME = 1_000;
const LONGEST_TEXT = 8_000;

/** Reading goes on no further; the message is for people. */
class Stop extends Error {}

/**
 * Calls `onTest` for each test that is whole. Resolves to what kept it from reading the whole file; undefined is nothing.
 * Rejects only when the stream does. Entities of a document's own are not expanded.
 */
export async function readJUnit(
  chunks: AsyncIterable<Uint8Array>,
  onTest: (test: JUnitTest) => void,
  limits: JUnitLimits = JUNIT_LIMITS,
): Promise<string | undefined> {
  // Only where there is a report to read: most processes never do.
  const { SaxesParser: Parser } = await import("saxes");
  const reader = new Reader(new Parser({ position: false }), onTest, limits);
  const decoder = new TextDecoder();
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limits.most) throw new Stop(`is longer than ${limits.most} bytes`);
      reader.write(decoder.decode(chunk, { stream: true }));
    }
    reader.end();
  } catch (error) {
    if (error instanceof Stop) return error.message;
    throw error;
  }
  return reader.fault;
}

interface Open {
  name: string;
  suite: string;
  file: string | undefined;
}

class Reader {
  /** The first one that was read over. */
  fault: string | undefined;
  readonly #parser: SaxesParser;
  readonly #onTest: (test: JUnitTest) => void;
  readonly #limits: JUnitLimits;
  readonly #open: Open[] = [];
  #test: JUnitTest | undefined;
  /** How deep the element is whose text is wanted. */
  #wanted = 0;
  #quiet = 0;
  #faults = 0;
  #attributes = 0;

  constructor(parser: SaxesParser, onTest: (test: JUnitTest) => void, limits: JUnitLimits) {
    this.#parser = parser;
    this.#onTest = onTest;
    this.#limits = limits;
    parser.on("opentag", (tag) => this.#opened(tag as SaxesTagPlain));
    parser.on("attribute", () => this.#attribute());
    parser.on("closetag", () => this.#closed());
    parser.on("cdata", (text) => this.#said(text));
    parser.on("error", (error) => this.#failed(error.message));
  }

  write(text: string): void {
    this.#quiet += text.length;
    this.#parser.write(text);
    if (this.#quiet > this.#limits.longestText)
      throw new Stop(`has a text of more than ${this.#limits.longestText} characters`);
  }

  end(): void {
    this.#parser.close();
  }

  #failed(message: string): void {
    this.fault ??= `is not well-formed: ${message}`;
    this.#faults += 1;
    if (this.#faults > this.#limits.mostFaults) throw new Stop(this.fault);
  }

  #attribute(): void {
    this.#attributes += 1;
    if (this.#attributes > this.#limits.mostAttributes)
      throw new Stop(`has an element of more than ${this.#limits.mostAttributes} attributes`);
  }

  #opened({ name, attributes }: SaxesTagPlain): void {
    this.#quiet = 0;
    this.#attributes = 0;
    if (this.#open.length >= this.#limits.deepest)
      throw new Stop(`nests elements more than ${this.#limits.deepest} deep`);
    const parent = this.#open.at(-1);
    const get = (key: string): string | undefined => attributes[key]?.slice(0, LONGEST_NAME);
    const isSuite = name === "testsuite";
    this.#open.push({
      name,
      suite: (isSuite ? get("name") : parent?.suite) ?? "",
      file: (isSuite ? (get("file") ?? get("filepath")) : undefined) ?? parent?.file,
    });
    if (name === "testcase" && !this.#test) this.#test = testOf(get, this.#open.at(-1)!);
    else if (this.#test && this.#wanted === 0) this.#outcome(name, attributes);
  }

  #outcome(name: string, attributes: Record<string, string>): void {
    const test = this.#test!;
    const failed = name === "failure" || name === "error";
    if (!failed && name !== "skipped") return;
    if (failed) test.outcome = "failed";
    else if (test.outcome === "passed") test.outcome = "skipped";
    test.message ||= (attributes["message"] ?? "").slice(0, LONGEST_TEXT);
    this.#wanted = this.#open.length;
    // Without a handler the parser does not even keep the text.
    this.#parser.on("text", (text) => this.#said(text));
  }

  #said(text: string): void {
    this.#quiet = 0;
    if (this.#test && this.#wanted > 0 && this.#test.text.length < LONGEST_TEXT)
      this.#test.text = (this.#test.text + text).slice(0, LONGEST_TEXT);
  }

  #closed(): void {
    this.#quiet = 0;
    if (this.#wanted === this.#open.length) {
      this.#wanted = 0;
      this.#parser.off("text");
    }
    const closed = this.#open.pop();
    if (closed?.name !== "testcase" || !this.#test || this.#open.some(({ name }) => name === "testcase"))
      return;
    this.#onTest(this.#test);
    this.#test = undefined;
  }
}

function testOf(get: (key: string) => string | undefined, { suite, file }: Open): JUnitTest {
  const seconds = Number(get("time")?.replaceAll(",", ""));
  const line = Number(get("line") ?? get("lineno"));
  const own = get("file") ?? file;
  return {
    name: get("name") ?? "",
    suite,
    className: get("classname") ?? "",
    outcome: "passed",
    ...(Number.isFinite(seconds) && get("time") && { seconds }),
    ...(own && { file: own }),
    ...(Number.isSafeInteger(line) && line > 0 && { line }),
    message: "",
    text: "",
  };
}
