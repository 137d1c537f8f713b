import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useCallback, useEffect, useEffectEvent, useRef } from "react";
import { useHeldThreads } from "@/api/held";
import { useUnsentThreads } from "@/api/unsent";
import { useNow } from "@/lib/dates";
import { type Selection, isEmpty, isSelected, ranged, toggled } from "@/lib/selection";
import { announce } from "@/ui/LiveRegion";
import { NewAbove } from "./NewAbove";
import { Row } from "./Row";
import styles from "./Rows.module.css";
import { RowSkeletons } from "./RowSkeletons";
import { activeRow, stepFrom } from "./active-row";
import { offsetOf, rememberOffset } from "./scroll-memory";
import { useAnchor } from "./use-anchor";
import { useRowFocus } from "./use-row-focus";
import { useRowKeys } from "./use-row-keys";

const AHEAD = 60;
const WAITING_ROWS = 8;

interface RowsProps {
  /** The list, by a name of its own, under which its place is kept. */
  name: string;
  label: string;
  ids: readonly string[];
  left: ReadonlyMap<string, number> | undefined;
  hasMore: boolean;
  loadMore: () => void;
  moreFailed: boolean;
  rowHeight: number;
  openId: string | undefined;
  onOpen: (id: string) => void;
  highlightedId: string | null;
  onHighlight: (id: string | null) => void;
  selection: Selection;
  onSelectionChange: (selection: Selection) => void;
}

/** The rows of a list, of which only those on the screen are there. */
export function Rows(props: RowsProps) {
  const { name, ids, left, hasMore, loadMore, rowHeight, openId, selection } = props;
  const { onOpen, onHighlight, onSelectionChange } = props;
  const scrollRef = useRef<HTMLDivElement>(null);
  const now = useNow();
  const unsent = useUnsentThreads();
  const held = useHeldThreads();
  const active = activeRow(ids, left, openId ?? props.highlightedId);
  const activeIndex = active === null ? -1 : ids.indexOf(active);
  const tabIndexAt = Math.max(0, activeIndex);

  // Where this is another function, the place of each row is reckoned anew.
  const keyOf = useCallback((index: number) => ids[index] ?? index, [ids]);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it gives goes to no memo
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: 8,
    initialOffset: offsetOf(name),
    // The row that Tab leads to stays, however far the others are scrolled away.
    rangeExtractor: (range) => {
      const rows = defaultRangeExtractor(range);
      return rows.includes(tabIndexAt) || ids.length === 0 ? rows : [...rows, tabIndexAt];
    },
    onChange: (instance) => rememberOffset(name, instance.scrollOffset ?? 0),
  });
  useEffect(() => {
    virtualizer.measure();
  }, [virtualizer, rowHeight]);
  const rows = virtualizer.getVirtualItems();
  const lastShown = virtualizer.range?.endIndex ?? 0;
  useEffect(() => {
    if (hasMore && !props.moreFailed && lastShown >= ids.length - AHEAD) loadMore();
  }, [hasMore, props.moreFailed, lastShown, ids.length, loadMore]);

  const anchor = useAnchor(scrollRef, ids, rowHeight);
  const focusRow = useRowFocus(scrollRef, active, openId !== undefined);

  useEffect(() => {
    // The highlighted row left: what took its place is highlighted, and has the focus.
    if (openId === undefined && active !== props.highlightedId) onHighlight(active);
  }, [openId, active, props.highlightedId, onHighlight]);

  const show = (id: string): void => {
    const at = ids.indexOf(id);
    const top = virtualizer.scrollOffset ?? 0;
    const bottom = top + (virtualizer.scrollRect?.height ?? 0);
    // To scroll is to measure the whole page, which a row that is seen does not need.
    const isSeen = at * rowHeight >= top && (at + 1) * rowHeight <= bottom;
    if (at >= 0 && !isSeen) virtualizer.scrollToIndex(at, { align: "auto" });
  };
  const showOpened = useEffectEvent(show);
  useEffect(() => {
    if (openId !== undefined) showOpened(openId);
  }, [openId]);

  const goTo = (id: string | null): void => {
    if (id === null) return;
    show(id);
    const isInList = scrollRef.current?.contains(document.activeElement) ?? false;
    if (openId === undefined || isInList) focusRow(id);
    else announce(`Thread ${ids.indexOf(id) + 1} of ${ids.length}${hasMore ? " or more" : ""}`);
    if (openId === undefined) onHighlight(id);
    else onOpen(id);
  };
  const onGridKeyDown = useRowKeys({
    ids,
    active,
    step: (by) => goTo(stepFrom(ids, left, openId ?? props.highlightedId, by)),
    goTo,
    pageSize: () => Math.floor((scrollRef.current?.clientHeight ?? rowHeight) / rowHeight) - 1,
    isOpen: openId !== undefined,
    onOpen,
    selection,
    onSelectionChange,
  });

  const onToggle = useStable((id: string, isRange: boolean): void => {
    onSelectionChange(isRange ? ranged(selection, id, ids) : toggled(selection, id, ids));
    if (openId === undefined) onHighlight(id);
  });
  const onPress = useStable((id: string, event: MouseEvent): void => {
    if (event.shiftKey || event.metaKey || event.ctrlKey) return onToggle(id, event.shiftKey);
    onHighlight(id);
    onOpen(id);
  });

  return (
    <div className={styles.frame}>
      <NewAbove count={anchor.above} onPress={anchor.goToTop} />
      <div
        ref={scrollRef}
        className={styles.scroll}
        onScroll={anchor.onScroll}
        onPointerEnter={anchor.onPointerEnter}
        onPointerLeave={anchor.onPointerLeave}
      >
        <div
          role="grid"
          aria-label={props.label}
          aria-rowcount={hasMore ? -1 : ids.length}
          aria-multiselectable
          className={styles.rows}
          data-picking={!isEmpty(selection)}
          data-sliding={anchor.isSliding}
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onGridKeyDown}
          onFocus={(event) => {
            const id = event.target.dataset["id"];
            if (id !== undefined && openId === undefined) onHighlight(id);
          }}
        >
          {rows.map(({ index, start }) => {
            const id = ids[index];
            return (
              id !== undefined && (
                <Row
                  key={id}
                  id={id}
                  index={index}
                  top={start}
                  now={now}
                  isOpen={id === openId}
                  isHighlighted={id === active}
                  isSelected={isSelected(selection, id)}
                  isInTabOrder={index === tabIndexAt}
                  isUnsent={unsent.has(id)}
                  isSending={held.has(id)}
                  onPress={onPress}
                  onToggle={onToggle}
                />
              )
            );
          })}
        </div>
        {hasMore && !props.moreFailed && <RowSkeletons count={WAITING_ROWS} height={rowHeight} />}
      </div>
    </div>
  );
}

/** The same function at each render, which does what the last one says: so rows need not render. */
function useStable<A extends unknown[]>(handler: (...args: A) => void): (...args: A) => void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
