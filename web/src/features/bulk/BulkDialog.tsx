import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { BulkItem, BulkTarget } from "@/api/bulk";
import { readThread } from "@/api/cache";
import { useRunAction } from "@/lib/actions";
import { useNow } from "@/lib/dates";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { announce } from "@/ui/LiveRegion";
import { Spinner } from "@/ui/Spinner";
import styles from "./BulkBar.module.css";
import { type BulkTask, changesOf, nameOf, threads } from "./bulk-words";
import { useBulk } from "./use-bulk";

const SHOWN = 200;

/** Shows what a change of many threads would do before it is done, and what came of it. */
export function BulkDialog({
  target,
  task,
  onClose,
  onDone,
}: {
  target: BulkTarget;
  task: BulkTask;
  onClose: () => void;
  /** The change was made; these threads failed. */
  onDone: (failed: readonly string[]) => void;
}) {
  const runAction = useRunAction();
  const { state, look, run } = useBulk(target, task, (changed) => {
    announce(`${task.label}: ${threads(changed)}`);
    onDone([]);
  });
  const goRef = useRef<HTMLButtonElement>(null);
  const canRun = state.step === "preview" && state.preview.summary.updated > 0;
  useEffect(() => {
    if (canRun) goRef.current?.focus();
  }, [canRun]);

  const close = (): void => {
    if (state.step === "running") return;
    if (state.step === "partly") onDone(failedOf(state.result.items));
    else onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && close()}
      title={task.label}
      size="wide"
      isPersistent={state.step === "running"}
      actions={
        <>
          {state.step === "partly" && state.result.summary.updated > 0 && (
            <Button
              onClick={() => {
                close();
                runAction("undo");
              }}
            >
              Undo what was done
            </Button>
          )}
          {state.step === "refused" && <Button onClick={look}>Try again</Button>}
          <Button onClick={close} disabled={state.step === "running"}>
            {canRun ? "Cancel" : "Close"}
          </Button>
          {(canRun || state.step === "running") && (
            <Button ref={goRef} variant="primary" isBusy={state.step === "running"} onClick={run}>
              {canRun ? `${task.label}: ${threads(state.preview.summary.updated)}` : task.label}
            </Button>
          )}
        </>
      }
    >
      {state.step === "looking" && (
        <p className={styles.looking} role="status">
          <Spinner /> Looking at what changes…
        </p>
      )}
      {state.step === "refused" && <p role="alert">Nothing was changed. {state.why}</p>}
      {state.step === "running" && (
        <div className={styles.progress} role="status">
          <progress
            value={state.done}
            max={Math.max(1, state.total)}
            aria-label="How many are done"
          />
          {state.done} of {threads(state.total)}
        </div>
      )}
      {state.step === "preview" && <Outcomes items={state.preview.items} isDone={false} />}
      {state.step === "partly" && (
        <>
          <p role="alert">
            {threads(state.result.summary.updated)} changed.{" "}
            {state.why !== null && `It broke off: ${state.why} `}
            What failed stays selected.
          </p>
          <Outcomes items={state.result.items} isDone />
        </>
      )}
    </Dialog>
  );
}

const failedOf = (items: readonly BulkItem[]): string[] =>
  items.filter(({ status }) => status === "failed").map(({ id }) => id);

function Outcomes({ items, isDone }: { items: readonly BulkItem[]; isDone: boolean }) {
  const of = (status: BulkItem["status"]): BulkItem[] =>
    items.filter((item) => item.status === status);
  const [updated, unchanged, failed] = [of("updated"), of("unchanged"), of("failed")];
  if (items.length === 0) return <p>There is no thread to change.</p>;
  return (
    <div className={styles.outcomes}>
      {failed.length > 0 && (
        <Group title={`${threads(failed.length)} ${isDone ? "failed" : "would be refused"}`} isOpen>
          <Items items={failed} isDone={isDone} />
        </Group>
      )}
      {updated.length > 0 && (
        <Group title={`${threads(updated.length)} ${isDone ? "changed" : "will change"}`} isOpen>
          <Items items={updated} isDone={isDone} />
        </Group>
      )}
      {unchanged.length > 0 && (
        <Group
          title={`${threads(unchanged.length)} ${unchanged.length === 1 ? "stays" : "stay"} as ${unchanged.length === 1 ? "it is" : "they are"}`}
        >
          <Items items={unchanged} isDone={isDone} />
        </Group>
      )}
    </div>
  );
}

function Group({
  title,
  isOpen = false,
  children,
}: {
  title: string;
  isOpen?: boolean;
  children: React.ReactNode;
}) {
  return (
    <details className={styles.outcome} open={isOpen}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

function Items({ items, isDone }: { items: readonly BulkItem[]; isDone: boolean }) {
  const client = useQueryClient();
  const now = useNow();
  const more = items.length - SHOWN;
  return (
    <ul className={styles.items}>
      {items.slice(0, SHOWN).map((item) => {
        const before = readThread(client, item.id);
        const said =
          item.error?.message ??
          (item.thread && !isDone ? changesOf(before, item.thread, now).join(", ") : "");
        return (
          <li key={item.id} className={styles.item}>
            <span className={styles.name} dir="auto">
              {nameOf(item.thread ?? before)}
            </span>
            <span className={item.error ? styles.why : styles.what}>{said}</span>
          </li>
        );
      })}
      {more > 0 && <li className={styles.what}>and {threads(more)} more</li>}
    </ul>
  );
}
