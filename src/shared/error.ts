// Why what replicas share could not be had.

export class SharedError extends Error {
  override name = "SharedError";
}
