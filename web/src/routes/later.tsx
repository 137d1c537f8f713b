import { Link } from "@tanstack/react-router";
import { ChartNoAxesColumn, Search } from "lucide-react";
import { useRunAction } from "@/lib/actions";
import { useTitle } from "@/lib/title";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";

// Places of what is to come, so that their addresses are taken and say so.

export function SearchRoute() {
  useTitle("Search");
  const run = useRunAction();
  return (
    <main id="main" style={{ height: "100%" }}>
      <EmptyState
        isPage
        icon={<Search size={28} aria-hidden />}
        title="Search comes later"
        actions={
          <>
            <Button onClick={() => run("search")}>Jump by name</Button>
            <Link to="/">Go to the inbox</Link>
          </>
        }
      >
        This place is for finding words in all messages. Until then you can jump to contacts,
        companies and loaded threads by name.
      </EmptyState>
    </main>
  );
}

export function OverviewRoute() {
  useTitle("Overview");
  return (
    <main id="main" style={{ height: "100%" }}>
      <EmptyState
        isPage
        icon={<ChartNoAxesColumn size={28} aria-hidden />}
        title="The overview comes later"
        actions={<Link to="/">Go to the inbox</Link>}
      >
        This place is for how the team is doing: what is waiting, how long, and where it hurts.
      </EmptyState>
    </main>
  );
}
