import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/ui/EmptyState";

export function NotFound() {
  return (
    <EmptyState title="There is no such page" actions={<Link to="/">Go to the inbox</Link>}>
      The address may be old, or mistyped.
    </EmptyState>
  );
}
