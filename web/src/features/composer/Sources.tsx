import {
  BookOpen,
  CircleDot,
  ExternalLink,
  FileText,
  Globe,
  type LucideIcon,
  MessageSquare,
  Scissors,
  Shapes,
} from "lucide-react";
import styles from "./Draft.module.css";
import type { Source } from "./sources";

const ICONS: readonly [RegExp, LucideIcon][] = [
  [/article|doc|help|guide|faq|knowledge/i, BookOpen],
  [/thread|message|conversation|mail|comment|ticket/i, MessageSquare],
  [/issue|bug|task|project/i, CircleDot],
  [/snippet|macro|template/i, Scissors],
  [/web|site|page|url|link/i, Globe],
  [/file|pdf|attachment/i, FileText],
];

const iconOf = (type: string): LucideIcon =>
  ICONS.find(([pattern]) => pattern.test(type))?.[1] ?? Shapes;

/** What the AI consulted. An address that is none of the web is not followed, and says so. */
export function Sources({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return <p className={styles.quiet}>It names no sources.</p>;
  return (
    <ul className={styles.sources} aria-label="Sources">
      {sources.map((source, at) => {
        const Icon = iconOf(source.type);
        return (
          <li key={at} className={styles.source}>
            <Icon size={16} aria-hidden className={styles.sourceIcon} />
            <span className={styles.sourceText}>
              {source.url === null ? (
                <span dir="auto">{source.title}</span>
              ) : (
                <a href={source.url} target="_blank" rel="noopener noreferrer">
                  <span dir="auto">{source.title}</span>{" "}
                  <ExternalLink size={12} aria-label="opens a new tab" className={styles.out} />
                </a>
              )}
              <span className={styles.sourceDetail}>
                {[
                  source.type,
                  source.identifier === source.title ? null : source.identifier,
                  source.isRefused ? "its address is not of the web" : null,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
