import { Skeleton } from "@/ui/Skeleton";
import styles from "./Rows.module.css";

const WIDTHS = ["52%", "38%", "61%", "45%"];

/** In the place of rows that are loading. */
export function RowSkeletons({ count, height }: { count: number; height: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: count }, (_, n) => (
        <div key={n} className={styles.waiting} style={{ height }}>
          <Skeleton width={WIDTHS[n % WIDTHS.length] ?? "50%"} height={12} />
          <Skeleton width={n % 2 === 0 ? "88%" : "74%"} height={12} />
        </div>
      ))}
    </div>
  );
}
