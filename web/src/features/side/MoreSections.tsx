import { Check, Copy, ExternalLink } from "lucide-react";
import { useState } from "react";
import type { Thread } from "@/api/types";
import { fullDate } from "@/lib/dates";
import { safeLink } from "@/lib/links";
import { IconButton } from "@/ui/IconButton";
import { announce } from "@/ui/LiveRegion";
import { Row, Said } from "./Row";
import { Section } from "./Section";
import { dayWords, originWords, systemWords } from "./side-words";
import styles from "./side.module.css";

function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <IconButton
      label={isCopied ? "Copied" : label}
      icon={isCopied ? <Check size={14} /> : <Copy size={14} />}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(
          () => {
            setCopied(true);
            announce("Copied");
            setTimeout(() => setCopied(false), 2_000);
          },
          () => announce("It could not be copied"),
        );
      }}
    />
  );
}

/** The names of a thing in other systems: to copy, and to open where they are addresses. */
export function ExternalIds({ ids }: { ids: Readonly<Record<string, string | undefined>> }) {
  return Object.entries(ids).map(([system, id]) => {
    if (id === undefined) return null;
    const link = safeLink(id);
    return (
      <Row key={system} label={systemWords(system)}>
        <div className={styles.link}>
          {link === null ? (
            <span className={styles.cut} title={id}>
              {id}
            </span>
          ) : (
            <a
              className={styles.cut}
              href={link}
              target="_blank"
              rel="noopener noreferrer nofollow"
              title={link}
            >
              {id}
            </a>
          )}
          {link !== null && <ExternalLink size={14} className={styles.quiet} aria-hidden />}
          <CopyButton text={id} label={`Copy the id in ${systemWords(system)}`} />
        </div>
      </Row>
    );
  });
}

export function ExternalSection({ thread }: { thread: Thread }) {
  const ids = thread.external_ids as Record<string, string | undefined>;
  if (Object.keys(ids).length === 0) return null;
  return (
    <Section name="external" title="In other systems">
      <ExternalIds ids={ids} />
    </Section>
  );
}

export function OriginSection({ thread }: { thread: Thread }) {
  const { reporter, created_at, origin } = thread;
  return (
    <Section name="origin" title="Origin">
      <Row label="Created">
        <Said>
          <time dateTime={created_at} title={fullDate(created_at)}>
            {dayWords(created_at)}
          </time>
        </Said>
      </Row>
      <Row label="Came by">
        <Said>{originWords(origin)}</Said>
      </Row>
      {reporter && (
        <Row label="Reporter">
          <Said>{reporter.name ?? reporter.email}</Said>
        </Row>
      )}
      <Row label="Thread id">
        <div className={styles.link}>
          <span className={styles.cut} title={thread.id}>
            {thread.id}
          </span>
          <CopyButton text={thread.id} label="Copy the id of the thread" />
        </div>
      </Row>
    </Section>
  );
}
