// A connection to an HTTP server that costs next to nothing: what is said is made beforehand, of answers the status counts.
import { connect, type Socket } from "node:net";

export interface PlainConnection {
  /** Resolves with the status of the answer, 0 when the connection ended without one; one question at a time. */
  ask(head: string, body: Buffer): Promise<number>;
  close(): void;
}

const STATUS = /^HTTP\/1\.1 (\d{3})/;
const LENGTH = /\r\ncontent-length: (\d+)\r\n/i;
const END = "\r\n\r\n";

export function plainConnection(url: URL): PlainConnection {
  let answered: (status: number) => void = () => {};
  let heard = "";
  let socket: Socket | undefined;

  function hear(piece: string): void {
    heard += piece;
    const end = heard.indexOf(END);
    if (end < 0 || heard.length < end + END.length + Number(LENGTH.exec(heard)?.[1] ?? 0)) return;
    const status = Number(STATUS.exec(heard)?.[1] ?? 0);
    heard = "";
    answered(status);
  }

  function begin(): Socket {
    const fresh = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    fresh.setEncoding("latin1").on("data", hear);
    fresh.on("error", () => {});
    fresh.on("close", () => {
      if (socket === fresh) socket = undefined;
      heard = "";
      answered(0);
    });
    return fresh;
  }

  return {
    ask(head, body) {
      socket ??= begin();
      const answer = new Promise<number>((resolve) => {
        answered = resolve;
      });
      socket.cork();
      socket.write(head, "latin1");
      socket.write(body);
      socket.uncork();
      return answer;
    },
    close: () => void socket?.destroy(),
  };
}
