// GitHub as a script: which requests come, in what order of each kind, and how they are answered. Nothing else goes out,
// and whoever uses it sees to it that all of them do.
import { MockAgent } from "undici";

type Matcher = string | RegExp | ((value: string) => boolean);

interface Wanted {
  headers?: Record<string, Matcher>;
  without?: readonly string[];
}

interface Awaited {
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
      const awaited = (count: number): Awaited => {
        const intercept = () =>
          dispatcher
            .get(origin)
            .intercept({ method, path, headers: matches, ...(body !== undefined && { body: sameBody }) });
        return {
          times: awaited,
          reply(status, answer = "", told = {}) {
            const isText = typeof answer === "string";
            const type: Record<string, string> = isText ? {} : { "content-type": "application/json" };
            intercept()
              .reply(status, isText ? answer : JSON.stringify(answer), { headers: { ...type, ...told } })
              .times(count);
            return all;
          },
          replyWithError(error) {
            intercept().replyWithError(error).times(count);
            return all;
          },
        };
      };
      return awaited(1);
    };
  const all: Scripted = {
    get: expect("GET"),
    post: expect("POST"),
    put: expect("PUT"),
    delete: expect("DELETE"),
  };
  return all;
}

const isLike = (wanted: Matcher, told: string): boolean =>
  typeof wanted === "string"
    ? wanted === told
    : typeof wanted === "function"
      ? wanted(told)
      : wanted.test(told);

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
