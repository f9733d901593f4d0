// Where jobs are told of besides GitHub and storage: Slack, Pub/Sub.

export interface Messages {
  slack?: Slack;
  pubsub?: Publisher;
}

export interface Slack {
  /** A message with the `key` of one that was posted is not posted again by this process. Errors are MessageError. */
  post(message: SlackMessage): Promise<void>;
}

export interface SlackMessage {
  /** Which of the configured workspaces; "*" for the one without a name. */
  host: string;
  channel: string;
  text: string;
  key: string;
}

export interface Publisher {
  /** Errors are MessageError. */
  publish(project: string, topic: string, data: string): Promise<void>;
}
