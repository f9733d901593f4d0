// The ports of the program: who is slow to say what they want does not keep a connection.
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { listen } from "../../../src/cmd/process/listen.ts";

test("a request that is never finished is cut off after 10 seconds", async () => {
  const server = await listen((request) => void request.resume(), "127.0.0.1", 0, "port");
  const started = performance.now();
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {}).resume();
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  await once(socket, "close");
  expect(performance.now() - started).toBeGreaterThan(9_000);
  await server.close();
}, 20_000);
