import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { conflictsOf, withDefault, withKeys } from "@/lib/key-conflicts";
import {
  type ActionId,
  type Remapped,
  SHORTCUTS,
  keyLabels,
  keysOf,
  pressOf,
} from "@/lib/shortcuts";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import styles from "./parts.module.css";

const SECOND_PRESS_MS = 900;

const nameOf = (id: ActionId): string => SHORTCUTS.find((one) => one.id === id)?.label ?? id;

/** One action with its keys. New ones are pressed, one or two in turn. */
export function KeyRow({
  id,
  label,
  remapped,
  onChange,
}: {
  id: ActionId;
  label: string;
  remapped: Remapped;
  onChange: (next: Remapped) => void;
}) {
  const [isListening, setListening] = useState(false);
  const [asked, setAsked] = useState<string | null>(null);
  const keys = keysOf(id, remapped);
  const conflicts = asked === null ? [] : conflictsOf(id, asked, remapped);
  const take = (pressed: string): void => {
    setListening(false);
    if (conflictsOf(id, pressed, remapped).length > 0) setAsked(pressed);
    else onChange(withKeys(id, pressed, remapped));
  };
  return (
    <li className={styles.keyRow}>
      <span>{label}</span>
      <div className={styles.keys}>
        {isListening ? (
          <Listener label={label} onPressed={take} onCancel={() => setListening(false)} />
        ) : (
          <>
            {keys.length === 0 && <span className={styles.quiet}>No key</span>}
            {keys.map((one) => keyLabels(one).map((key) => <Kbd key={one + key}>{key}</Kbd>))}
            <Button
              size="small"
              aria-label={`Change the keys of: ${label}`}
              onClick={() => {
                setAsked(null);
                setListening(true);
              }}
            >
              Change
            </Button>
          </>
        )}
        {remapped.keys[id] && (
          <Button
            size="small"
            variant="quiet"
            aria-label={`Reset the keys of: ${label}`}
            onClick={() => onChange(withDefault(id, remapped))}
          >
            Reset
          </Button>
        )}
      </div>
      {asked !== null && conflicts.length > 0 && (
        <div className={styles.conflict} role="alert">
          {keyLabels(asked).join(" ")} is taken by: {conflicts.map(nameOf).join(", ")}.{" "}
          <Button
            size="small"
            onClick={() => {
              onChange(withKeys(id, asked, remapped));
              setAsked(null);
            }}
          >
            Take it from there
          </Button>{" "}
          <Button size="small" variant="quiet" onClick={() => setAsked(null)}>
            Leave it
          </Button>
        </div>
      )}
    </li>
  );
}

function Listener({
  label,
  onPressed,
  onCancel,
}: {
  label: string;
  onPressed: (keys: string) => void;
  onCancel: () => void;
}) {
  const [first, setFirst] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const onWaited = useEffectEvent(onPressed);
  useEffect(() => {
    if (first === null) return;
    const timer = setTimeout(() => onWaited(first), SECOND_PRESS_MS);
    return () => clearTimeout(timer);
  }, [first]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const press = pressOf(event.nativeEvent);
    if (press === null || press === "Tab" || press === "shift+Tab") return;
    // Nothing that is pressed here does what it does elsewhere.
    event.preventDefault();
    event.stopPropagation();
    if (press === "Escape") onCancel();
    else if (press.startsWith("mod+")) onPressed(press);
    else if (first === null) setFirst(press);
    else onPressed(`${first} ${press}`);
  };
  return (
    <Button
      ref={button}
      size="small"
      aria-label={`Press the new keys of: ${label}. Escape leaves them.`}
      onKeyDown={onKeyDown}
      onBlur={onCancel}
    >
      {first === null ? "Press keys…" : `${keyLabels(first).join(" ")} …`}
    </Button>
  );
}
