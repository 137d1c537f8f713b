import { AlarmClock, CircleCheck, Flame, Tag as TagMark, UserRound, X } from "lucide-react";
import { useState } from "react";
import { useMe } from "@/api/session";
import { useAction, useKeyLabel } from "@/lib/actions";
import { dateNow } from "@/lib/clock";
import { momentInWords } from "@/lib/dates";
import { PAIN, PAIN_LEVELS } from "@/lib/pain";
import type { Filters } from "@/lib/search-params";
import { EVERYTHING, NOTHING, type Selection, selectionOf } from "@/lib/selection";
import { AssigneePicker } from "@/pickers/AssigneePicker";
import { SnoozePicker } from "@/pickers/SnoozePicker";
import { Bars } from "@/ui/Bars";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { LoopMark } from "@/ui/LoopMark";
import { Menu, MenuItem } from "@/ui/Menu";
import styles from "./BulkBar.module.css";
import { BulkDialog } from "./BulkDialog";
import { BulkTagPicker } from "./BulkTagPicker";
import { type BulkTask, threads } from "./bulk-words";

interface BulkBarProps {
  view: string;
  filters: Filters;
  selection: Selection;
  onSelectionChange: (selection: Selection) => void;
}

type Picker = "snooze" | "assign" | "add-tags" | "remove-tags";

/** Of many threads no single assignee is shown as the one there is. */
const MIXED = " ";

/** What can be done to the threads that are selected, by its buttons and by the keys of one. */
export function BulkBar({ view, filters, selection, onSelectionChange }: BulkBarProps) {
  const me = useMe();
  const [task, setTask] = useState<BulkTask | null>(null);
  const [picker, setPicker] = useState<Picker | null>(null);
  const canChange = { enabled: me.role !== "VIEWER" && task === null };
  const count = selection.ids.size;
  const clear = (): void => onSelectionChange(NOTHING);
  const ask = (label: string, change: BulkTask["change"]) => () => setTask({ label, change });
  const show = (which: Picker) => () => setPicker(which);
  const openFor = (which: Picker) => ({
    open: picker === which,
    onOpenChange: (isOpen: boolean) => setPicker(isOpen ? which : null),
  });

  const done = ask("Mark done", { status: "done" });
  const closed = ask("Mark done and close the loop", { status: "done", closed_loop: true });
  const pain = PAIN_LEVELS.map((level) => ({
    level,
    run: ask(`Set pain to ${PAIN[level].label.toLowerCase()}`, { pain_level: level }),
  }));
  const painOf = (wanted: string) => () => pain.find(({ level }) => level === wanted)?.run();
  useAction("done", done, canChange);
  useAction("done-closed", closed, canChange);
  useAction("reopen", ask("Reopen", { status: "open" }), canChange);
  useAction("snooze", show("snooze"), canChange);
  useAction("assign", show("assign"), canChange);
  useAction("assign-me", ask("Assign to you", { assignee_id: me.id }), canChange);
  useAction("tags", show("add-tags"), canChange);
  useAction("pain-low", painOf("LOW"), canChange);
  useAction("pain-medium", painOf("MEDIUM"), canChange);
  useAction("pain-high", painOf("HIGH"), canChange);
  useAction("pain-unknown", painOf("UNKNOWN"), canChange);
  useAction("back", clear);
  const key = {
    done: useKeyLabel("done"),
    closed: useKeyLabel("done-closed"),
    snooze: useKeyLabel("snooze"),
    assign: useKeyLabel("assign"),
    tags: useKeyLabel("tags"),
    all: useKeyLabel("select-all"),
  };

  return (
    <div className={styles.bar} role="toolbar" aria-label="Change the selected threads">
      <div className={styles.said}>
        <IconButton label="Select nothing" shortcut="Esc" icon={<X size={16} />} onClick={clear} />
        <span className={styles.count} role="status">
          {selection.isAll ? "All of the view selected" : `${threads(count)} selected`}
        </span>
        {!selection.isAll && (
          <Button
            size="small"
            variant="quiet"
            title={key.all}
            onClick={() => onSelectionChange(EVERYTHING)}
          >
            Select all of the view
          </Button>
        )}
      </div>
      {me.role !== "VIEWER" && (
        <div className={styles.buttons}>
          <Button size="small" title={key.done} onClick={done}>
            <CircleCheck size={16} aria-hidden />
            Done
          </Button>
          <IconButton
            label="Done and loop closed"
            shortcut={key.closed}
            icon={<LoopMark size={18} isClosed />}
            onClick={closed}
          />
          <SnoozePicker
            {...openFor("snooze")}
            value={null}
            onPick={(at) =>
              setTask({
                label: `Snooze until ${momentInWords(at, dateNow())}`,
                change: { status: "snoozed", snoozed_until: at.toISOString() },
              })
            }
            trigger={
              <IconButton label="Snooze" shortcut={key.snooze} icon={<AlarmClock size={18} />} />
            }
          />
          <AssigneePicker
            {...openFor("assign")}
            value={MIXED}
            onPick={(member) =>
              setTask({
                label: member ? `Assign to ${member.name ?? member.email}` : "Assign to nobody",
                change: { assignee_id: member?.id ?? null },
              })
            }
            trigger={
              <IconButton label="Assign" shortcut={key.assign} icon={<UserRound size={18} />} />
            }
          />
          <Menu
            trigger={<IconButton label="Tags" shortcut={key.tags} icon={<TagMark size={18} />} />}
          >
            <MenuItem onSelect={show("add-tags")} shortcut={key.tags}>
              Add tags…
            </MenuItem>
            <MenuItem onSelect={show("remove-tags")}>Remove tags…</MenuItem>
          </Menu>
          <Menu trigger={<IconButton label="Pain" icon={<Flame size={18} />} />}>
            {pain.map(({ level, run }) => (
              <MenuItem key={level} icon={<Bars level={PAIN[level].bars} />} onSelect={run}>
                {PAIN[level].label}
              </MenuItem>
            ))}
          </Menu>
          <BulkTagPicker {...openFor("add-tags")} verb="add" onPick={setTask} />
          <BulkTagPicker {...openFor("remove-tags")} verb="remove" onPick={setTask} />
        </div>
      )}
      {task && (
        <BulkDialog
          target={selection.isAll ? { view, filters } : { ids: [...selection.ids] }}
          task={task}
          onClose={() => setTask(null)}
          onDone={(failed) => {
            setTask(null);
            onSelectionChange(failed.length > 0 ? selectionOf(failed) : NOTHING);
          }}
        />
      )}
    </div>
  );
}
