import { useEffect, useRef } from "react";
import { keyLabels } from "@/lib/shortcuts";
import { Kbd } from "@/ui/Kbd";
import { cx } from "@/ui/cx";
import type { PaletteItem } from "./palette-items";
import styles from "./Palette.module.css";

/** The list below the words, which keep the focus. */
export function PaletteList({
  id,
  items,
  active,
  onHover,
  onPick,
}: {
  id: string;
  items: readonly PaletteItem[];
  active: number;
  onHover: (at: number) => void;
  onPick: (item: PaletteItem) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active === 0) list.current?.scrollTo({ top: 0 });
    else document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, id]);
  const groups: { name: string; from: number; items: PaletteItem[] }[] = [];
  items.forEach((item, at) => {
    const last = groups.at(-1);
    if (last?.name === item.group) last.items.push(item);
    else groups.push({ name: item.group, from: at, items: [item] });
  });
  return (
    <div id={id} role="listbox" aria-label="What was found" className={styles.list} ref={list}>
      {groups.map((group) => (
        <div key={group.name} role="group" aria-labelledby={`${id}-of-${group.from}`}>
          <div id={`${id}-of-${group.from}`} className={styles.group} role="presentation">
            {group.name}
          </div>
          {group.items.map((item, place) => {
            const at = group.from + place;
            return (
              <div
                key={item.id}
                id={`${id}-${at}`}
                role="option"
                aria-selected={at === active}
                aria-disabled={item.needs !== undefined || undefined}
                data-active={at === active}
                className={cx(styles.item, item.needs !== undefined && styles.asleep)}
                onPointerMove={() => onHover(at)}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => onPick(item)}
              >
                {item.icon}
                <span className={styles.label} dir="auto">
                  {item.label}
                </span>
                {(item.needs ?? item.detail) && (
                  <span className={styles.detail} dir="auto">
                    {item.needs ?? item.detail}
                  </span>
                )}
                {item.keys?.[0] !== undefined && (
                  <span className={styles.keys}>
                    {keyLabels(item.keys[0]).map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </span>
                )}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
