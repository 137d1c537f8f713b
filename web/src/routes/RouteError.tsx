import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { messageOf } from "@/api/errors";
import { useTitle } from "@/lib/title";
import { ErrorPanel } from "@/ui/ErrorPanel";

export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  useTitle("Error");
  return (
    <main id="main" style={{ height: "100%" }}>
      <h1 className="visually-hidden">Error</h1>
      <ErrorPanel
        title="This page could not be shown"
        kept="What was saved before is kept."
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      >
        {messageOf(error)}
      </ErrorPanel>
    </main>
  );
}
