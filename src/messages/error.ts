// How a message could not be sent.

export class MessageError extends Error {
  override name = "MessageError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Slack's word for it, e.g. msg_too_long; "" without one. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.reason = reason;
  }
}
