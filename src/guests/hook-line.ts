// The guest's end of the line to hook: deliveries come in, questions go out and are answered.
import type { RepoRef } from "../model/github.ts";
import type { FromGuest, Question, ToGuest } from "./protocol.ts";

type Deliver = Extract<ToGuest, { kind: "deliver" }>;
export type Reply = Extract<ToGuest, { kind: "answer" | "token" }>;

/** What a question is asked for: a delivery that is being worked on, or a repository. */
export type Errand = { delivery?: number; repo?: RepoRef };

export interface HookLine {
  send(message: FromGuest): void;
  onDelivery(work: (delivery: Deliver) => Promise<void>): void;
  /** From now on `deliveryOf` knows it. */
  begin(guid: string, id: number): void;
  /** The number by which hook knows a delivery. */
  deliveryOf(guid: string): number | undefined;
  /** Rejects with hook's reason when it refuses. */
  ask(errand: Errand, question: Question): Promise<Reply>;
}

/** Deliveries whose numbers are remembered: handlers may go on after they have returned. */
const REMEMBERED = 1_000;

export function hookLine(): HookLine {
  const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  const numbers = new Map<string, number>();
  let asked = 0;
  let work: (delivery: Deliver) => Promise<void> = async () => {};
  // Taken before the app is loaded, which may put another in its place.
  const post = process.send?.bind(process);
  const send = (message: FromGuest): void => void post?.(message);

  process.on("message", (message: ToGuest) => {
    if (message.kind === "ping") return send({ kind: "pong" });
    if (message.kind === "deliver") return void work(message);
    const question = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === "refusal") question?.reject(new Error(message.message));
    else question?.resolve(message);
  });

  return {
    send,
    onDelivery: (next) => {
      work = next;
    },
    begin(guid, id) {
      numbers.set(guid, id);
      const [oldest] = numbers.keys();
      if (numbers.size > REMEMBERED && oldest !== undefined) numbers.delete(oldest);
    },
    deliveryOf: (guid) => numbers.get(guid),
    ask: (errand, question) =>
      new Promise((resolve, reject) => {
        const id = ++asked;
        waiting.set(id, { resolve, reject });
        send({ kind: "ask", id, question, ...errand });
      }),
  };
}
