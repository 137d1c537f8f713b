import { useMemo } from "react";
import { Combobox } from "@/ui/Combobox";
import { Said } from "./Row";
import styles from "./side.module.css";

interface Option {
  id: string;
  name: string | null;
}

/** One of few that the workspace has, or none. */
export function ChoiceValue({
  label,
  none,
  value,
  name,
  options,
  canWrite,
  onPick,
}: {
  label: string;
  /** What stands there for none, and the choice of it. */
  none: string;
  value: string | null;
  name: string | null;
  options: readonly Option[];
  canWrite: boolean;
  onPick: (option: Option | null) => void;
}) {
  const items = useMemo(
    () => [
      ...options.map((option) => ({ id: option.id, label: option.name ?? "Without a name" })),
      { id: "", label: none },
    ],
    [options, none],
  );
  if (!canWrite) return <Said>{name ?? none}</Said>;
  return (
    <Combobox
      label={label}
      items={items}
      value={[value ?? ""]}
      onChange={([id = ""]) => {
        if (id !== (value ?? "")) onPick(options.find((option) => option.id === id) ?? null);
      }}
      trigger={
        <button type="button" className={styles.pick}>
          <span className="visually-hidden">{`Change ${label.toLowerCase()}: `}</span>
          <span className={value === null ? styles.quiet : styles.cut} dir="auto">
            {name ?? none}
          </span>
        </button>
      }
    />
  );
}
