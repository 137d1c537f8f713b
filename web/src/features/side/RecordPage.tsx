import { useRouter } from "@tanstack/react-router";
import { MoveLeft } from "lucide-react";
import type { ReactNode } from "react";
import { isGone, messageOf } from "@/api/errors";
import type { Related } from "@/api/related-threads";
import { useAction } from "@/lib/actions";
import { fullDate } from "@/lib/dates";
import { useTitle } from "@/lib/title";
import { Avatar } from "@/ui/Avatar";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { IconButton } from "@/ui/IconButton";
import { Splash } from "@/ui/Spinner";
import { HomeLink } from "./HomeLink";
import { RelatedThreads } from "./RelatedThreads";
import { Row, Said } from "./Row";
import { Section } from "./Section";
import { dayWords } from "./side-words";
import styles from "./side.module.css";

/** The page of a contact or a company: what it is, and its threads; or why it is not there. */
export function RecordPage({
  noun,
  error,
  onRetry,
  title,
  picture,
  createdAt,
  of,
  fields,
  children,
}: {
  noun: "contact" | "company";
  error: unknown;
  onRetry: () => void;
  /** What it is called; undefined until it is there. */
  title: string | undefined;
  picture: string | null;
  createdAt: string;
  of: Related;
  fields: ReactNode;
  /** What stands below the fields. */
  children: ReactNode;
}) {
  const router = useRouter();
  const back = (): void => {
    if (router.history.canGoBack()) router.history.back();
    else void router.navigate({ to: "/" });
  };
  useAction("back", back);
  useTitle(title ?? (noun === "contact" ? "Contact" : "Company"));
  if (title === undefined) {
    return (
      <main id="main" className={styles.page}>
        <h1 className="visually-hidden">{noun}</h1>
        <Missing noun={noun} error={error} onRetry={onRetry} />
      </main>
    );
  }
  return (
    <main id="main" className={styles.page}>
      <header className={styles.pageHead}>
        <IconButton label="Back" icon={<MoveLeft size={18} />} onClick={back} />
        <Avatar name={title} src={picture} size={40} />
        <h1 dir="auto">{title}</h1>
      </header>
      <div className={styles.pageBody}>
        <div>
          <Section level="h2" name="page.about" title="About">
            {fields}
            <Row label="Known since">
              <Said>
                <time dateTime={createdAt} title={fullDate(createdAt)}>
                  {dayWords(createdAt)}
                </time>
              </Said>
            </Row>
          </Section>
          {children}
        </div>
        <Section level="h2" name="page.threads" title="Threads">
          <RelatedThreads of={of} limit={50} empty={`There is no thread of this ${noun}.`} />
        </Section>
      </div>
    </main>
  );
}

function Missing({ noun, error, onRetry }: { noun: string; error: unknown; onRetry: () => void }) {
  if (!error) return <Splash />;
  if (isGone(error)) {
    return (
      <EmptyState title={`There is no such ${noun}`} actions={<HomeLink />}>
        It may have been deleted, or the address may be mistyped.
      </EmptyState>
    );
  }
  return (
    <ErrorPanel title={`The ${noun} could not be loaded`} onRetry={onRetry}>
      {messageOf(error)}
    </ErrorPanel>
  );
}
