import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { refusalOf } from "@/api/form-faults";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Skeleton } from "@/ui/Skeleton";
import styles from "./parts.module.css";

export function ListSkeleton() {
  return (
    <div className={styles.list} role="status" aria-label="Loading">
      {[0, 1, 2].map((row) => (
        <div key={row} className={styles.row}>
          <Skeleton width={`${60 - row * 12}%`} />
        </div>
      ))}
    </div>
  );
}

/** A list from the server: as it loads, where it cannot be had, where it is empty, and full. */
export function Loaded<T>({
  query,
  what,
  empty,
  children,
}: {
  query: UseQueryResult<readonly T[]>;
  /** What is in it: "The tags". */
  what: string;
  empty: ReactNode;
  children: (data: readonly T[]) => ReactNode;
}) {
  if (query.data) {
    if (query.data.length > 0) return children(query.data);
    return <p className={styles.text}>{empty}</p>;
  }
  if (query.isPending) return <ListSkeleton />;
  return (
    <ErrorPanel title={`${what} could not be loaded`} onRetry={() => void query.refetch()}>
      {refusalOf(query.error)}
    </ErrorPanel>
  );
}
