import { useTitle } from "@/lib/title";
import styles from "./side.module.css";

export function ContactPage({ id }: { id: string }) {
  useTitle("Contact");
  return (
    <main id="main" className={styles.page} data-id={id}>
      <h1>Contact</h1>
    </main>
  );
}
