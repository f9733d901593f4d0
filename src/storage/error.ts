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

/** No answer, too many requests, or an error of the server: what is tried again may well be done. */
export const isPassing = (error: unknown): boolean =>
  error instanceof StorageError &&
  (error.status < 400 || error.status >= 500 || [408, 429].includes(error.status));
