import type { ReactNode } from "react";
import styles from "./small.module.css";

/** A key, as it is printed on the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
