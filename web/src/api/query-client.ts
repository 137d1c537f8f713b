import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";

/** Retries what may succeed later, twice; what was refused is refused. */
const isWorthRetrying = (failures: number, error: Error): boolean =>
  failures < 2 && error instanceof ApiError && error.isTransient;

const delay = (failures: number, error: Error): number =>
  error instanceof ApiError && error.retryAfter !== null
    ? Math.min(error.retryAfter * 1000, 30_000)
    : Math.min(500 * 2 ** failures, 8_000);

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: { retry: isWorthRetrying, retryDelay: delay, staleTime: 30_000 },
      mutations: { retryDelay: delay },
    },
  });
  client.setQueryDefaults(["conflict"], { gcTime: Infinity });
  client.setQueryDefaults(["unsaved"], { gcTime: Infinity });
  return client;
}
