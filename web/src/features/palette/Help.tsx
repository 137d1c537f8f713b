import { Link } from "@tanstack/react-router";
import { type Action, useActions } from "@/lib/actions";
import { keyLabels, readRemapped } from "@/lib/shortcuts";
import { useStored } from "@/lib/stored";
import { Dialog } from "@/ui/Dialog";
import { Kbd } from "@/ui/Kbd";
import styles from "./Help.module.css";

interface HelpProps {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

/** All keys, group by group, as this person has them. */
export function Help({ open, onOpenChange }: HelpProps) {
  const actions = useActions().filter((action) => action.keys.length > 0);
  const [stored] = useStored("keys", "{}");
  const isOff = readRemapped(stored).off;
  const groups = [...new Set(actions.map((action) => action.group))];
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Keys"
      size="wide"
      text={
        isOff
          ? "Keys are switched off. Everything has a button, and the settings switch them on."
          : "They count where no text is being written; those with ⌘ or Ctrl count there too."
      }
      actions={
        <Link
          to="/settings/$page"
          params={{ page: "keyboard" }}
          className={styles.change}
          onClick={() => onOpenChange(false)}
        >
          Change keys
        </Link>
      }
    >
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group} className={styles.group} aria-labelledby={`keys-${group}`}>
            <h3 id={`keys-${group}`}>{group}</h3>
            <dl>
              {actions
                .filter((action) => action.group === group)
                .map((action) => (
                  <Row key={action.id} action={action} />
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Row({ action }: { action: Action }) {
  return (
    <div className={styles.row}>
      <dt>{action.label}</dt>
      <dd>
        {action.keys.map((keys, at) => (
          <span key={keys} className={styles.press}>
            {at > 0 && <span className={styles.or}>or</span>}
            {keyLabels(keys).map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </span>
        ))}
      </dd>
    </div>
  );
}
