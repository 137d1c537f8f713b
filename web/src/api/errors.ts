/** What went wrong with a request, in the words of the server where it had any. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly issues: readonly string[] = [],
    readonly retryAfter: number | null = null,
    readonly etag: string | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Whether the same request may well succeed later. Status 0 is no answer at all. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Whether a change that failed so is kept with its thread, and asks there what is to become of it. */
export const isKeptChange = (error: unknown): boolean =>
  error instanceof ApiError && (error.isTransient || error.status === 401 || error.status === 412);

/** Whether what was asked for is not there, so that to ask again is in vain. */
export const isGone = (error: unknown): boolean =>
  error instanceof ApiError && [400, 404, 410, 422].includes(error.status);

export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const said = (typeof body === "object" && body !== null ? body : {}) as {
    message?: unknown;
    code?: unknown;
    issues?: unknown;
  };
  const retryAfter = Number(response.headers.get("Retry-After"));
  return new ApiError(
    response.status,
    typeof said.code === "string" ? said.code : "unknown",
    typeof said.message === "string" ? said.message : `The server answered ${response.status}.`,
    Array.isArray(said.issues)
      ? said.issues.map((issue: { message?: unknown }) => String(issue.message))
      : [],
    retryAfter > 0 ? retryAfter : null,
    response.headers.get("ETag"),
  );
}

/** What failed before there was an answer. */
export function unreachable(cause: unknown): ApiError {
  const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
  return timedOut
    ? new ApiError(0, "timeout", "The server did not answer in time.")
    : new ApiError(0, "unreachable", "The server cannot be reached.");
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "AbortError";
}

/** For a person: what happened, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong on this page.";
}
