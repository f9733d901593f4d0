// Effects on people and programs elsewhere: messages on Slack and Pub/Sub.
import type { Messages } from "../messages/port.ts";
import type { MessageEffect } from "../model/effect.ts";

export async function applyMessage(effect: MessageEffect, { slack, pubsub }: Messages): Promise<void> {
  switch (effect.do) {
    case "postToSlack": {
      if (!slack) throw new Error("this component has no Slack client");
      const { host, channel, text, key } = effect;
      return slack.post({ host, channel, text, key });
    }
    case "publish":
      if (!pubsub) throw new Error("this component has no Pub/Sub client");
      return pubsub.publish(effect.project, effect.topic, effect.data);
    default:
      effect satisfies never;
  }
}
