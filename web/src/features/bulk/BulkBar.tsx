import { Button } from "@/ui/Button";
import styles from "./BulkBar.module.css";

export interface BulkBarProps {
  ids: readonly string[];
  onClear: () => void;
}

export function BulkBar({ ids, onClear }: BulkBarProps) {
  return (
    <div className={styles.bar} role="toolbar" aria-label="Change the selected threads">
      <span>{ids.length} selected</span>
      <Button size="small" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
