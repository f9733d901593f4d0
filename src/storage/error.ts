// How a request to object storage failed.

export class StorageError extends Error {
  override name = "StorageError";
  /** As in HTTP: 404 no such object, 412 it exists already; 0 when no answer came. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
