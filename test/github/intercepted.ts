// GitHub as a script: which requests come, in what order of each kind, and how they are answered. Nothing else goes out.
import { MockAgent, type MockPool } from "undici";

type MockInterceptor = ReturnType<MockPool["intercept"]>;

type Matcher = string | RegExp | ((value: string) => boolean);

interface Wanted {
  headers?: Record<string, Matcher>;
  without?: readonly string[];
}

interface Awaited {
  twice(): Awaited;
  times(count: number): Awaited;
  reply(status: number, body?: unknown, headers?: Record<string, string>): Scripted;
  replyWithError(error: Error): Scripted;
}

type Expect = (path: string | RegExp, body?: unknown) => Awaited;

export type Scripted = Record<"get" | "post" | "put" | "delete", Expect>;

export interface ScriptedWorld {
  /** What is to come at an origin, with these headers and without those. */
  at(origin: string, wanted?: Wanted): Scripted;
  dispatcher: MockAgent;
}

export function scriptedWorld(): ScriptedWorld {
  const dispatcher = new MockAgent();
  dispatcher.disableNetConnect();
  return { dispatcher, at: (origin, wanted = {}) => scripted(dispatcher, origin, wanted) };
}

function scripted(dispatcher: MockAgent, origin: string, { headers = {}, without = [] }: Wanted): Scripted {
  const matches = (told: Record<string, string>): boolean =>
    without.every((name) => told[name] === undefined) &&
    Object.entries(headers).every(([name, wanted]) => isLike(wanted, told[name] ?? ""));
  const expect =
    (method: string): Expect =>
    (path, body) => {
      const sameBody = (told: string): boolean => equal(JSON.parse(told), body);
      const intercept = (): MockInterceptor =>
        dispatcher
          .get(origin)
          .intercept({ method, path, headers: matches, ...(body !== undefined && { body: sameBody }) });
      return awaited(intercept, (): Scripted => all);
    };
  const all: Scripted = {
    get: expect("GET"),
    post: expect("POST"),
    put: expect("PUT"),
    delete: expect("DELETE"),
  };
  return all;
}

function awaited(intercept: () => MockInterceptor, all: () => Scripted, count = 1): Awaited {
  return {
    twice: () => awaited(intercept, all, 2),
    times: (more) => awaited(intercept, all, more),
    reply(status, body = "", headers = {}) {
      const isText = typeof body === "string";
      const text = isText ? body : JSON.stringify(body);
      const type: Record<string, string> = isText ? {} : { "content-type": "application/json" };
      intercept()
        .reply(status, text, { headers: { ...type, ...headers } })
        .times(count);
      return all();
    },
    replyWithError(error) {
      intercept().replyWithError(error).times(count);
      return all();
    },
  };
}

const isLike = (wanted: Matcher, told: string): boolean =>
  typeof wanted === "string"
    ? wanted === told
    : typeof wanted === "function"
      ? wanted(told)
      : wanted.test(told);

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
