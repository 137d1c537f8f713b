import { Link } from "@tanstack/react-router";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { messageOf } from "@/api/errors";
import { countOf, countText, useCounts } from "@/api/counts";
import { useThreadList } from "@/api/thread-lists";
import { useViews } from "@/api/views";
import { type Filters, isTab } from "@/lib/search-params";
import type { Selection } from "@/lib/selection";
import { useStoredFlag } from "@/lib/stored";
import { useTitle } from "@/lib/title";
import { TAB_NAMES } from "@/lib/view-names";
import { Banner } from "@/ui/Banner";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { LoopMark } from "@/ui/LoopMark";
import { FilterBar } from "./FilterBar";
import { ListHeader } from "./ListHeader";
import { RowSkeletons } from "./RowSkeletons";
import { Rows } from "./Rows";
import styles from "./ThreadList.module.css";
import { emptyWords } from "./empty-words";

const ROW = 64;
const DENSE_ROW = 48;
// A row, or a thread that opens, takes it before.
const AFTER_ROWS_MS = 200;

interface ThreadListProps {
  view: string;
  filters: Filters;
  onFiltersChange: (filters: Filters) => void;
  /** Before the name: what opens the views, where they are not beside it. */
  headerStart: ReactNode;
  /** The thread that is open. */
  selectedId: string | undefined;
  onOpen: (id: string) => void;
  /** The row that keys act on where no thread is open. */
  highlightedId: string | null;
  onHighlight: (id: string | null) => void;
  /** Those that are marked for a change of many. */
  selection: Selection;
  onSelectionChange: (selection: Selection) => void;
}

const narrows = ({ tag, assignee, tier }: Filters): boolean => Boolean(tag ?? assignee ?? tier);

export function ThreadList(props: ThreadListProps) {
  const { view, filters, onFiltersChange } = props;
  const list = useThreadList(view, filters);
  const { data: views } = useViews();
  const counts = useCounts();
  const [isDense] = useStoredFlag("list.dense", false);
  const [isFiltering, setFiltering] = useStoredFlag("list.filters", false);
  const saved = views?.find(({ id }) => id === view);
  const isGone = views !== undefined && saved === undefined && !isTab(view);
  const name = isTab(view) ? TAB_NAMES[view] : (saved?.name ?? "View");
  useTitle(name);
  const hasFilters = narrows(filters);
  const counted = hasFilters || !list.hasMore ? null : countOf(counts, view);
  const here = { count: list.ids.length, isMore: list.hasMore };
  const rowHeight = isDense ? DENSE_ROW : ROW;
  const key = JSON.stringify([view, filters]);
  const words = emptyWords(view, hasFilters);
  const isEmpty = list.isLoaded && list.ids.length === 0 && !list.hasMore;
  const { onHighlight } = props;
  useEffect(() => {
    // No key is to change a thread that is on the screen no more.
    if (isEmpty) onHighlight(null);
  }, [isEmpty, onHighlight]);

  const heading = useRef<HTMLHeadingElement>(null);
  useHeadingFocus(heading, `${key} ${props.selectedId === undefined} ${isEmpty}`);

  return (
    <>
      <ListHeader
        view={view}
        saved={saved}
        filters={filters}
        onFiltersChange={onFiltersChange}
        start={props.headerStart}
        heading={heading}
        name={name}
        count={list.isLoaded ? countText(counted ?? here) : null}
        isFetching={list.isFetching && list.isLoaded}
        isFiltering={isFiltering || hasFilters}
        onFilteringChange={(isShown) => {
          setFiltering(isShown);
          if (!isShown && hasFilters) onFiltersChange(sortOnly(filters));
        }}
      />
      {(isFiltering || hasFilters) && (
        <FilterBar view={view} saved={saved} filters={filters} onChange={onFiltersChange} />
      )}
      {list.error && list.isLoaded && (
        <Banner
          tone="warn"
          actions={
            <Button size="small" onClick={() => void list.refetch()}>
              Try again
            </Button>
          }
        >
          The list may be old. {messageOf(list.error)}
        </Banner>
      )}
      <div
        className={styles.body}
        data-dense={isDense}
        style={{ "--list-row": `${rowHeight}px` } as React.CSSProperties}
      >
        {isGone && (
          <EmptyState
            icon={<LoopMark size={40} />}
            title="This view is not here"
            actions={
              <Link to="/inbox/$view" params={{ view: "open" }}>
                Go to what is open
              </Link>
            }
          >
            It was deleted, or it belongs to another workspace.
          </EmptyState>
        )}
        {!isGone && !list.isLoaded && !list.error && (
          <div role="status" aria-label="Loading the list">
            <RowSkeletons count={12} height={rowHeight} />
          </div>
        )}
        {!isGone && !list.isLoaded && list.error && (
          <ErrorPanel title="The list could not be loaded" onRetry={() => void list.refetch()}>
            {messageOf(list.error)}
          </ErrorPanel>
        )}
        {isEmpty && (
          <EmptyState
            icon={<LoopMark size={40} isClosed={!hasFilters} />}
            title={words.title}
            actions={
              hasFilters && (
                <Button onClick={() => onFiltersChange(sortOnly(filters))}>Clear filters</Button>
              )
            }
          >
            {words.text}
          </EmptyState>
        )}
        {list.isLoaded && (list.ids.length > 0 || list.hasMore) && (
          <Rows
            key={key}
            name={key}
            label={`${name}, threads`}
            ids={list.ids}
            left={list.left}
            hasMore={list.hasMore}
            loadMore={list.loadMore}
            moreFailed={list.moreError !== null}
            rowHeight={rowHeight}
            openId={props.selectedId}
            onOpen={props.onOpen}
            highlightedId={props.highlightedId}
            onHighlight={props.onHighlight}
            selection={props.selection}
            onSelectionChange={props.onSelectionChange}
          />
        )}
      </div>
      {list.moreError !== null && (
        <Banner
          tone="warn"
          actions={
            <Button size="small" onClick={list.loadMore}>
              Load more
            </Button>
          }
        >
          What follows could not be loaded. {messageOf(list.moreError)}
        </Banner>
      )}
    </>
  );
}

/** Where another list is shown, or none of its rows is left, its name has the focus if nothing has. */
function useHeadingFocus(heading: RefObject<HTMLElement | null>, shown: string): void {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    const later = setTimeout(() => {
      if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
    }, AFTER_ROWS_MS);
    return () => clearTimeout(later);
  }, [heading, shown]);
}

const sortOnly = ({ sort }: Filters): Filters => (sort ? { sort } : {});
