import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import { messageOf } from "@/api/errors";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Skeleton } from "@/ui/Skeleton";
import { Section } from "./Section";
import styles from "./side.module.css";

/** On a page the contacts or the companies that belong to it, each leading to its own page. */
export function RecordLinks<T extends { id: string }>({
  noun,
  count,
  actions,
  query: { data, isPending, error, refetch },
  empty,
  children,
}: {
  noun: "contacts" | "companies";
  count?: string | undefined;
  actions?: ReactNode;
  query: {
    data: readonly T[] | undefined;
    isPending: boolean;
    error: Error | null;
    refetch: () => unknown;
  };
  empty: string;
  children: (things: readonly T[]) => ReactNode;
}) {
  return (
    <Section
      level="h2"
      name={`page.${noun}`}
      title={noun === "contacts" ? "Contacts" : "Companies"}
      count={count}
      actions={actions}
    >
      {isPending && <Skeleton height={24} />}
      {error && !data && (
        <>
          <p>{`The ${noun} could not be loaded. ${messageOf(error)}`}</p>
          <div>
            <Button size="small" onClick={() => void refetch()}>
              Try again
            </Button>
          </div>
        </>
      )}
      {data?.length === 0 && <p className={styles.quiet}>{empty}</p>}
      {children(data ?? [])}
    </Section>
  );
}

/** One of them. */
export function RecordLink({
  to,
  id,
  name,
  picture,
  title = name,
  children,
}: {
  to: "/contacts/$id" | "/companies/$id";
  id: string;
  name: string;
  picture: string | null;
  title?: string;
  /** Behind the name. */
  children?: ReactNode;
}) {
  return (
    <li className={styles.link}>
      <Avatar name={name} src={picture} size={20} />
      <Link to={to} params={{ id }} className={styles.cut} dir="auto" title={title}>
        {name}
      </Link>
      {children}
    </li>
  );
}
