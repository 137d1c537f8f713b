import { messageOf } from "@/api/errors";
import { Button } from "@/ui/Button";

/** In place of a list that could not be loaded. */
export function NotLoaded({
  what,
  query,
}: {
  /** What is in it: "The threads". */
  what: string;
  query: { error: Error | null; refetch: () => unknown };
}) {
  return (
    <div role="alert">
      <p>{`${what} could not be loaded. ${messageOf(query.error)}`}</p>
      <Button size="small" onClick={() => void query.refetch()}>
        Try again
      </Button>
    </div>
  );
}
