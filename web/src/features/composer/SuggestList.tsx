import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import type { Suggestion } from "./Editor";
import styles from "./SuggestList.module.css";
import type { Place } from "./use-suggest";

const GAP = 6;

/** The list behind the sign that was typed; the focus stays in the text. */
export function SuggestList({
  id,
  label,
  items,
  at,
  place,
  onPick,
  onHover,
}: {
  id: string;
  label: string;
  items: readonly Suggestion[];
  at: number;
  place: Place;
  onPick: (at: number) => void;
  onHover: (at: number) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const [spot, setSpot] = useState({ left: place.left, top: place.bottom + GAP });
  useLayoutEffect(() => {
    const box = list.current?.getBoundingClientRect();
    if (!box) return;
    // A keyboard may cover the rest of the window.
    const view = window.visualViewport;
    const bottom = view ? view.offsetTop + view.height : innerHeight;
    const isBelow = place.bottom + GAP + box.height < bottom - 8;
    setSpot({
      left: Math.max(8, Math.min(place.left, innerWidth - box.width - 8)),
      top: isBelow ? place.bottom + GAP : Math.max(8, place.top - GAP - box.height),
    });
  }, [place, items.length]);
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);
  return createPortal(
    <div ref={list} id={id} role="listbox" aria-label={label} className={styles.list} style={spot}>
      {items.map((item, index) => (
        <div
          key={item.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          className={styles.item}
          onPointerMove={() => onHover(index)}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(index)}
        >
          <span className={styles.title}>{item.label}</span>
          {item.detail !== undefined && <span className={styles.detail}>{item.detail}</span>}
        </div>
      ))}
    </div>,
    document.body,
  );
}
