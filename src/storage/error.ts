// How a request to object storage failed; `status` as in HTTP, 404 and 412 among them.

export class StorageError extends Error {
  override name = "StorageError";
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
