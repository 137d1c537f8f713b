import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiError } from "@/api/errors";
import { refusalOf } from "@/api/form-faults";
import { Button } from "@/ui/Button";
import { Skeleton } from "@/ui/Skeleton";
import styles from "./sign-in.module.css";
import { SignInFrame } from "./SignInFrame";

/** A link that opens nothing: why, and what to do. */
export function DeadLink({
  error,
  isMissing,
  onRetry,
  children,
}: {
  error: unknown;
  /** The address has no token: it was cut off, or the page was loaded again. */
  isMissing: boolean;
  onRetry: () => void;
  /** How to come by a new one. */
  children: ReactNode;
}) {
  const isTransient = error instanceof ApiError && error.isTransient;
  if (isMissing || !isTransient) {
    return (
      <SignInFrame
        title={isMissing ? "This link is not whole" : "This link works no more"}
        text={
          isMissing
            ? "Its end is missing. Open it again from where you got it; it is still good."
            : "It was used already, or has expired."
        }
      >
        <p>{children}</p>
        <Link to="/sign-in">Go to the sign-in page</Link>
      </SignInFrame>
    );
  }
  return (
    <SignInFrame title="The link could not be looked at" text={refusalOf(error)}>
      <p>It is still good.</p>
      <div className={styles.actions}>
        <Button onClick={onRetry}>Try again</Button>
      </div>
    </SignInFrame>
  );
}

/** While it is asked what a link is for. */
export function LinkLoading() {
  return (
    <SignInFrame title="One moment">
      <div className={styles.loading} role="status" aria-label="Loading">
        <Skeleton height={32} />
        <Skeleton height={32} />
        <Skeleton width="50%" height={32} />
      </div>
    </SignInFrame>
  );
}
