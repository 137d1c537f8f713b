import styles from "./Field.module.css";

/** Why a form was refused, where that belongs to none of its fields. */
export function FormFault({ children }: { children: string | null }) {
  if (children === null) return null;
  return (
    <p className={styles.fault} role="alert">
      {children}
    </p>
  );
}
