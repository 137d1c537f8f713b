import { Link } from "@tanstack/react-router";
import { useTitle } from "@/lib/title";
import { EmptyState } from "@/ui/EmptyState";
import { LoopMark } from "@/ui/LoopMark";

export function NotFound() {
  useTitle("No such page");
  return (
    <main id="main" style={{ height: "100%" }}>
      <EmptyState
        isPage
        icon={<LoopMark size={40} />}
        title="There is no such page"
        actions={<Link to="/">Go to the inbox</Link>}
      >
        The address may be old, or mistyped.
      </EmptyState>
    </main>
  );
}
