import { useActions } from "@/lib/actions";
import { keyLabels } from "@/lib/shortcuts";
import { Dialog } from "@/ui/Dialog";
import { Kbd } from "@/ui/Kbd";
import styles from "./Help.module.css";

export interface HelpProps {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function Help({ open, onOpenChange }: HelpProps) {
  const actions = useActions().filter((action) => action.keys.length > 0);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys">
      <dl className={styles.keys}>
        {actions.map((action) => (
          <div key={action.id} style={{ display: "contents" }}>
            <dt>{action.label}</dt>
            <dd>
              {keyLabels(action.keys[0] ?? "").map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
