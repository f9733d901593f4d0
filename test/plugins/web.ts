// Services of others as plugins meet them: what each address answers, and what was asked.
import { ok } from "node:assert";

/** A status, a text, JSON, a failure, or what to do when asked. Pictures are asked for with HEAD: their size. */
type Answer = number | string | object | Error | (() => Answer);

export interface FakeWeb {
  web: typeof fetch;
  /** Addresses in order, `HEAD ` before those of pictures. */
  asked: string[];
}

export function fakeWeb(answers: Record<string, Answer>): FakeWeb {
  const asked: string[] = [];
  const web = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    // Whoever asks has to bound the time.
    ok(init.signal instanceof AbortSignal);
    init.signal.throwIfAborted();
    const key = init.method === "HEAD" ? `HEAD ${url}` : String(url);
    asked.push(key);
    let answer = Object.hasOwn(answers, key) ? answers[key]! : new Error(`no such host: ${key}`);
    while (typeof answer === "function" && !(answer instanceof Error)) answer = answer();
    if (answer instanceof Error) throw answer;
    if (init.method === "HEAD") {
      if (typeof answer === "number" && answer >= 1000)
        return new Response(null, { headers: { "content-length": String(answer) } });
      return new Response(null, { status: Number(answer) });
    }
    if (typeof answer === "number") return new Response("{}", { status: answer });
    return new Response(typeof answer === "string" ? answer : JSON.stringify(answer));
  };
  return { web: web as typeof fetch, asked };
}

/** More than anybody should read. */
export const endless = (): string => `{"joke": "${"ha".repeat(1 << 20)}"}`;

/** Sizes of pictures. */
export const SMALL = 717_987;
export const BIG = 12_647_753;
