import { useRouter } from "@tanstack/react-router";
import { MoveLeft } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError, messageOf } from "@/api/errors";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Splash } from "@/ui/Spinner";
import { HomeLink } from "./HomeLink";
import styles from "./side.module.css";

/** Around a contact or a company: its name, the way back, and what stands in place of what is not there. */
export function PageFrame({
  noun,
  error,
  isThere,
  onRetry,
  title,
  face,
  children,
}: {
  /** What it is: "contact". */
  noun: string;
  error: unknown;
  isThere: boolean;
  onRetry: () => void;
  title: string;
  face: ReactNode;
  children: ReactNode;
}) {
  const router = useRouter();
  if (!isThere) {
    const isGone = error instanceof ApiError && [400, 404].includes(error.status);
    return (
      <main id="main" className={styles.page}>
        <h1 className="visually-hidden">{title === "" ? noun : title}</h1>
        {isGone ? (
          <EmptyState title={`There is no such ${noun}`} actions={<HomeLink />}>
            It may have been deleted, or the address may be mistyped.
          </EmptyState>
        ) : error ? (
          <ErrorPanel title={`The ${noun} could not be loaded`} onRetry={onRetry}>
            {messageOf(error)}
          </ErrorPanel>
        ) : (
          <Splash />
        )}
      </main>
    );
  }
  return (
    <main id="main" className={styles.page}>
      <header className={styles.pageHead}>
        <IconButton
          label="Back"
          icon={<MoveLeft size={18} />}
          onClick={() => {
            if (router.history.canGoBack()) router.history.back();
            else void router.navigate({ to: "/" });
          }}
        />
        {face}
        <h1 dir="auto">{title}</h1>
      </header>
      <div className={styles.pageBody}>{children}</div>
    </main>
  );
}
