import type { ReactNode } from "react";
import { useTitle } from "@/lib/title";
import { LoopMark } from "@/ui/LoopMark";
import styles from "./sign-in.module.css";

/** The page around each form that somebody sees who is not signed in. */
export function SignInFrame({
  title,
  text,
  children,
}: {
  title: string;
  text?: ReactNode;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <main id="main" className={styles.page}>
      <div className={styles.card}>
        <div className={styles.head}>
          <div className={styles.brand}>
            <LoopMark size={26} isClosed />
            <span>Looplane</span>
          </div>
          <h1 dir="auto">{title}</h1>
          {text && <p className={styles.text}>{text}</p>}
        </div>
        {children}
      </div>
    </main>
  );
}
