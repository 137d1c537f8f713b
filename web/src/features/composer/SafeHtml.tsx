import { useMemo } from "react";
import { readLeniently, showNodes } from "@/lib/plain-html";
import styles from "./SafeHtml.module.css";

/** HTML to be read, made of elements of ours: none of its own reaches the page. */
export function SafeHtml({ html }: { html: string }) {
  const children = useMemo(() => showNodes(readLeniently(html)), [html]);
  return (
    <div className={styles.html} dir="auto">
      {children}
    </div>
  );
}
