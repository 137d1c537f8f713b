import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { messageOf } from "@/api/errors";
import { ErrorPanel } from "@/ui/ErrorPanel";

export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <ErrorPanel
      title="This page could not be shown"
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    >
      {messageOf(error)}
    </ErrorPanel>
  );
}
