import { ApiError } from "@/api/errors";

/** Whether all was right but that a code of the second factor is needed, or another one. */
export function needsCode(error: Error | null): boolean {
  return error instanceof ApiError && error.code === "second_factor_required";
}
