import { Link } from "@tanstack/react-router";
import { useTitle } from "@/lib/title";
import styles from "./SettingsPage.module.css";

export function SettingsPage({ page }: { page: string }) {
  useTitle("Settings");
  return (
    <main id="main" className={styles.page} data-page={page}>
      <h1>Settings</h1>
      <Link to="/">Back to the inbox</Link>
    </main>
  );
}
