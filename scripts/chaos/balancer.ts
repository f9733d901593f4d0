// Stands before several replicas as a Kubernetes Service does; can break all connections at once.
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "../../test/contracts/free-port.ts";

export interface Balancer {
  port: number;
  /** From now on new connections are for these alone. */
  only(backends: readonly number[]): void;
  /** Breaks every connection; new ones are taken. */
  cut(): void;
  close(): void;
}

/** `all` are ports on this machine, taken in turn; one that refuses is passed over. */
export async function balancer(all: readonly number[]): Promise<Balancer> {
  let backends = all;
  const port = await freePort();
  const open = new Set<Socket>();
  let turn = 0;
  const server: Server = createServer((client) => {
    open.add(client);
    client.on("close", () => open.delete(client)).on("error", () => client.destroy());
    turn += 1;
    join(client, [...backends.slice(turn % backends.length), ...backends.slice(0, turn % backends.length)]);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    only(some) {
      backends = some;
    },
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

function join(client: Socket, [port, ...others]: number[]): void {
  if (port === undefined || client.destroyed) return void client.destroy();
  const backend = connect(port, "127.0.0.1");
  const refused = () => join(client, others);
  backend.once("error", refused);
  backend.once("connect", () => {
    backend.off("error", refused);
    backend.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => backend.destroy());
    client.pipe(backend);
    backend.pipe(client);
  });
}
