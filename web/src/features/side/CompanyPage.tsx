import { useTitle } from "@/lib/title";
import styles from "./side.module.css";

export function CompanyPage({ id }: { id: string }) {
  useTitle("Company");
  return (
    <main id="main" className={styles.page} data-id={id}>
      <h1>Company</h1>
    </main>
  );
}
