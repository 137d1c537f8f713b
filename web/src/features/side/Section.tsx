import { ChevronDown } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useStoredFlag } from "@/lib/stored";
import styles from "./side.module.css";

/** A part that folds, and stays as it was left. What asks for an answer opens it. */
export function Section({
  name,
  title,
  count,
  isPressing = false,
  level: Heading = "h3",
  actions,
  children,
}: {
  /** Under which it is remembered. */
  name: string;
  title: string;
  count?: string | undefined;
  isPressing?: boolean;
  /** Beside a thread they stand below its title, on a page below that of the page. */
  level?: "h2" | "h3";
  actions?: ReactNode;
  children: ReactNode;
}) {
  const [isFolded, fold] = useStoredFlag(`side.${name}.folded`, false);
  const id = useId();
  const isOpen = !isFolded || isPressing;
  return (
    <section className={styles.section} aria-labelledby={`${id}-title`}>
      <div className={styles.sectionHead}>
        <Heading>
          <button
            type="button"
            className={styles.fold}
            aria-expanded={isOpen}
            aria-controls={id}
            id={`${id}-title`}
            onClick={() => fold(isOpen)}
          >
            <ChevronDown size={14} className={styles.chevron} aria-hidden />
            {title}
            {count !== undefined && <span className={styles.count}>{count}</span>}
          </button>
        </Heading>
        {isOpen && actions}
      </div>
      <div id={id} className={styles.body} hidden={!isOpen}>
        {isOpen && children}
      </div>
    </section>
  );
}
