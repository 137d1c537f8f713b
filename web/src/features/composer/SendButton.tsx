import { AlarmClock, Check, CheckCheck, ChevronDown, Send } from "lucide-react";
import { useKeyLabel } from "@/lib/actions";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Kbd } from "@/ui/Kbd";
import { Menu, MenuItem } from "@/ui/Menu";
import styles from "./Frame.module.css";

export type After = "nothing" | "done" | "done-closed" | "snooze";

const ICON = 16;

/** Sends, and in its menu sends and does what comes next. To whom is always written on it. */
export function SendButton({
  label,
  isBusy,
  disabled,
  onSend,
}: {
  label: string;
  isBusy: boolean;
  disabled: boolean;
  onSend: (after: After) => void;
}) {
  const key = useKeyLabel("send");
  return (
    <div className={styles.send}>
      <Button
        variant="primary"
        className={styles.sendMain}
        isBusy={isBusy}
        disabled={disabled}
        title={label}
        onClick={() => onSend("nothing")}
      >
        <span className={styles.sendLabel}>{label}</span>
        {key !== undefined && <Kbd>{key}</Kbd>}
      </Button>
      <Menu
        align="end"
        trigger={
          <IconButton
            variant="primary"
            className={styles.sendMore}
            label="Send, and then"
            disabled={disabled || isBusy}
            icon={<ChevronDown size={ICON} />}
          />
        }
      >
        <MenuItem icon={<Send size={ICON} />} shortcut={key} onSelect={() => onSend("nothing")}>
          Send
        </MenuItem>
        <MenuItem icon={<Check size={ICON} />} onSelect={() => onSend("done")}>
          Send and mark done
        </MenuItem>
        <MenuItem icon={<CheckCheck size={ICON} />} onSelect={() => onSend("done-closed")}>
          Send, mark done and close the loop
        </MenuItem>
        <MenuItem icon={<AlarmClock size={ICON} />} onSelect={() => onSend("snooze")}>
          Send and snooze…
        </MenuItem>
      </Menu>
    </div>
  );
}
