// Pub/Sub over HTTP, as its emulator is asked.
import { afterEach, expect, test } from "vitest";
import { pubSub } from "../../src/messages/pubsub.ts";
import { type Answer, answering } from "./server.ts";

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

async function publisher(answer: Answer) {
  const server = await answering([answer]);
  close.push(server.close);
  const token = async () => {
    throw new Error("an emulator needs no token");
  };
  return { asked: server.asked, ...pubSub({ emulator: server.host, token }) };
}

test("a message is published to its topic, whatever its name", async () => {
  const { publish, asked } = await publisher({ body: '{"messageIds":["1"]}' });
  await publish("proj", "a/../b", '{"url":"ü"}');
  expect(asked[0]).toMatchObject({ method: "POST", path: "/v1/projects/proj/topics/a%2F..%2Fb:publish" });
  expect(asked[0]!.headers["authorization"]).toBeUndefined();
  const { messages } = JSON.parse(asked[0]!.body);
  expect(messages).toHaveLength(1);
  expect(Buffer.from(messages[0].data, "base64").toString()).toBe('{"url":"ü"}');
});

test.each([
  [404, '{"error":{"code":404,"message":"Topic not found"}}', "HTTP 404: Topic not found"],
  [502, "<html>", "HTTP 502: <html>"],
])("a refusal (%i) says which topic and why", async (status, body, why) => {
  const { publish } = await publisher({ status, body });
  await expect(publish("p", "t", "{}")).rejects.toMatchObject({
    status,
    message: `failed to publish to topic "p/t": ${why}`,
  });
});

test("without credentials nothing is sent, and that is said", async () => {
  const { publish } = pubSub({ token: () => Promise.reject(new Error("no credentials")) });
  await expect(publish("p", "t", "{}")).rejects.toThrow('failed to publish to topic "p/t": no credentials');
});
