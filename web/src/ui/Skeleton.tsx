import styles from "./small.module.css";

/** Holds the place of what is loading, in its size. Decoration. */
export function Skeleton({
  width = "100%",
  height = 16,
}: {
  width?: number | string;
  height?: number | string;
}) {
  return <div className={styles.skeleton} style={{ width, height }} aria-hidden />;
}
