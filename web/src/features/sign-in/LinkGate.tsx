import type { ReactNode } from "react";
import { useLink } from "@/api/session";
import type { Link } from "@/api/types";
import { DeadLink, LinkLoading } from "./DeadLink";

/** Asks what a link is for, and shows what it opens; or why it opens nothing. */
export function LinkGate({
  token,
  renewal,
  children,
}: {
  token: string;
  /** How to come by a new one. */
  renewal: ReactNode;
  children: (link: Link) => ReactNode;
}) {
  const { data: link, error, refetch } = useLink(token);
  if (link) return children(link);
  if (error === null && token !== "") return <LinkLoading />;
  return (
    <DeadLink error={error} isMissing={token === ""} onRetry={() => void refetch()}>
      {renewal}
    </DeadLink>
  );
}
