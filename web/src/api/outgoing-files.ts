import { APP, appApi, csrfHeaders, isTokenRefused, renewToken, sessionEnded, take } from "./client";
import { ApiError, errorOf, unreachable } from "./errors";
import type { components } from "./schema";

export type OutgoingFile = components["schemas"]["OutgoingFileOut"];

export interface UploadOptions {
  onProgress: (bytes: number) => void;
  signal: AbortSignal;
}

// A connection over which nothing goes for so long is no connection.
const STALLED_MS = 60_000;

/** Where the bytes of a file that is not sent yet are read, by its owner alone. */
export const addressOfFile = (id: string): string => `${APP}/outgoing-files/${id}`;

/** Uploads a file that is to go with a message. */
export async function uploadFile(
  file: File,
  name: string,
  options: UploadOptions,
): Promise<OutgoingFile> {
  try {
    return await uploadOnce(file, name, options);
  } catch (error) {
    if (!isTokenRefused(error) || !(await renewToken())) throw error;
    return await uploadOnce(file, name, options);
  }
}

export const deleteOutgoingFile = (id: string): Promise<OutgoingFile> =>
  take(appApi.DELETE("/outgoing-files/{id}", { params: { path: { id } } }));

/** By XMLHttpRequest: fetch does not tell how much has gone. */
function uploadOnce(file: File, name: string, options: UploadOptions): Promise<OutgoingFile> {
  const { onProgress, signal } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout>;
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALLED_MS);
    };
    const abort = (): void => request.abort();
    const fail = (error: unknown): void =>
      reject(error instanceof Error ? error : unreachable(error));
    request.open("POST", `${location.origin}${APP}/outgoing-files`);
    for (const [header, value] of Object.entries(csrfHeaders())) {
      request.setRequestHeader(header, value);
    }
    request.upload.onprogress = ({ loaded }) => {
      watch();
      onProgress(Math.min(loaded, file.size));
    };
    request.onerror = () => fail(unreachable(null));
    request.onabort = () =>
      fail(
        signal.aborted
          ? new DOMException("Removed.", "AbortError")
          : new ApiError(0, "timeout", "The server did not answer in time."),
      );
    request.onload = () => {
      if (request.status === 401) sessionEnded.set(true);
      answerOf(request).then(resolve, fail);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    signal.addEventListener("abort", abort);
    const form = new FormData();
    form.append("file", file, name);
    watch();
    request.send(form);
  });
}

async function answerOf(request: XMLHttpRequest): Promise<OutgoingFile> {
  if (request.status === 200) return JSON.parse(request.responseText) as OutgoingFile;
  const after = request.getResponseHeader("Retry-After");
  throw await errorOf(
    new Response(request.responseText, {
      status: request.status,
      headers: after === null ? {} : { "Retry-After": after },
    }),
  );
}
