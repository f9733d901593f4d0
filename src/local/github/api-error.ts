// A refusal in GitHub's shape: status, message and, for 422, which field of which resource is at fault.

export interface FieldError {
  resource?: string;
  field?: string;
  code: string;
  message?: string;
  value?: unknown;
}

const DOCS = "https://docs.github.com/rest";

export class ApiError extends Error {
  readonly status: number;
  readonly errors: (FieldError | string)[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    errors?: (FieldError | string)[],
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  get body(): Record<string, unknown> {
    const errors = this.errors ? { errors: this.errors } : {};
    return { message: this.message, ...errors, documentation_url: DOCS, status: String(this.status) };
  }
}

export const notFound = (): ApiError => new ApiError(404, "Not Found");

export const invalid = (resource: string, field: string, code = "invalid", message?: string): ApiError =>
  new ApiError(422, "Validation Failed", [{ resource, field, code, ...(message ? { message } : {}) }]);

/** A 422 whose message is all there is to say. */
export const unprocessable = (message: string): ApiError => new ApiError(422, message);
