import { ApiError } from "@/api/errors";
import { type Faults, faultsOf } from "@/api/form-faults";
import { CodeField } from "@/ui/CodeField";

/** Whether all was right but that a code of the second factor is needed, or another one. */
export function needsCode(error: Error | null): boolean {
  return error instanceof ApiError && error.code === "second_factor_required";
}

/** What was wrong with a form; that a code is needed is no fault of it. */
export const faultsBeside = (error: Error | null, fields: readonly string[]): Faults =>
  faultsOf(needsCode(error) ? null : error, fields);

/** The second step of signing in. */
export function SecondStep({
  value,
  onChange,
  signIn,
}: {
  value: string;
  onChange: (code: string) => void;
  signIn: { error: Error | null; variables: { code?: string | null } | undefined };
}) {
  const isWrong = needsCode(signIn.error) && signIn.variables?.code !== undefined;
  return (
    <CodeField
      takesFocus
      value={value}
      onChange={onChange}
      error={
        isWrong
          ? "This code is wrong, or was used already. Take the next one."
          : faultsBeside(signIn.error, ["code"]).of["code"]
      }
    />
  );
}
