import { SHORTCUTS, readRemapped } from "@/lib/shortcuts";
import { useStored } from "@/lib/stored";
import { Button } from "@/ui/Button";
import { Switch } from "@/ui/Switch";
import { KeyRow } from "./KeyRow";
import styles from "./parts.module.css";
import { Section } from "./Section";

export function KeyboardPage() {
  const [stored, setStored] = useStored("keys", "{}");
  const remapped = readRemapped(stored);
  const groups = [...new Set(SHORTCUTS.map((shortcut) => shortcut.group))];
  const isChanged = Object.keys(remapped.keys).length > 0;
  return (
    <>
      <Section
        title="Keys"
        text="Kept in this browser alone. Whatever keys do, menus and buttons do too."
        action={
          isChanged && (
            <Button onClick={() => setStored(JSON.stringify({ ...remapped, keys: {} }))}>
              Reset all
            </Button>
          )
        }
      >
        <Switch
          label="Use keys"
          checked={!remapped.off}
          onChange={(isOn) => setStored(JSON.stringify({ ...remapped, off: !isOn }))}
        />
      </Section>
      {groups.map((group) => (
        <Section key={group} title={group}>
          <ul className={styles.list}>
            {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => (
              <KeyRow
                key={shortcut.id}
                id={shortcut.id}
                label={shortcut.label}
                remapped={remapped}
                onChange={(next) => setStored(JSON.stringify(next))}
              />
            ))}
          </ul>
        </Section>
      ))}
    </>
  );
}
