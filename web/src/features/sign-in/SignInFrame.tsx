import type { ReactNode } from "react";
import { useTitle } from "@/lib/title";
import { LoopMark } from "@/ui/LoopMark";
import styles from "./sign-in.module.css";

/** The page around each form that somebody sees who is not signed in. */
export function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title);
  return (
    <main id="main" className={styles.page}>
      <div className={styles.card}>
        <div className={styles.head}>
          <LoopMark size={36} />
          <h1>{title}</h1>
        </div>
        {children}
      </div>
    </main>
  );
}
