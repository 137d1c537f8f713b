import { useEffect, useRef } from "react";
import styles from "./Combobox.module.css";
import { type ComboboxItem, groupsOf } from "./combobox-items";
import floating from "./floating.module.css";
import small from "./small.module.css";

/** The list below the words; the focus stays in the words. */
export function ComboboxList({
  id,
  label,
  items,
  picked,
  active,
  isMultiple,
  note,
  onPick,
  onHover,
}: {
  id: string;
  label: string;
  items: readonly ComboboxItem[];
  picked: readonly string[];
  active: number;
  isMultiple: boolean;
  note: string | null;
  onPick: (item: ComboboxItem) => void;
  onHover: (at: number) => void;
}) {
  const activeRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    activeRef.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const said = note ?? (items.length === 0 ? "Nothing found" : null);
  return (
    <>
      <div
        id={id}
        role="listbox"
        aria-label={label}
        aria-multiselectable={isMultiple || undefined}
        className={styles.list}
      >
        {groupsOf(items).map((group, n) => {
          const options = group.items.map(({ item, at }) => (
            <div
              key={item.id}
              id={`${id}-${at}`}
              ref={at === active ? activeRef : null}
              role="option"
              aria-selected={picked.includes(item.id)}
              data-active={at === active}
              className={floating.item}
              onPointerMove={() => onHover(at)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onPick(item)}
            >
              <span className={floating.check} aria-hidden>
                {picked.includes(item.id) ? "✓" : ""}
              </span>
              {item.icon}
              <span className={floating.grow} dir="auto">
                {item.label}
              </span>
              {item.detail !== undefined && (
                <span className={small.detail} dir="auto">
                  {item.detail}
                </span>
              )}
            </div>
          ));
          return group.name === undefined ? (
            options
          ) : (
            <div key={`${group.name} ${n}`} role="group" aria-label={group.name}>
              <div className={floating.label} aria-hidden>
                {group.name}
              </div>
              {options}
            </div>
          );
        })}
      </div>
      {said !== null && (
        <div className={styles.note} role="status">
          {said}
        </div>
      )}
    </>
  );
}
