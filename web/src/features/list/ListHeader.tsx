import { Ellipsis, ListFilter } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";
import { useCanWrite } from "@/api/lookups";
import type { View } from "@/api/types";
import { useKeyLabel, useRunAction } from "@/lib/actions";
import { type Filters, SORTS, type Sort, isTab } from "@/lib/search-params";
import { useStoredFlag } from "@/lib/stored";
import { IconButton } from "@/ui/IconButton";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from "@/ui/Menu";
import { Spinner } from "@/ui/Spinner";
import { DeleteViewDialog } from "./DeleteViewDialog";
import styles from "./ThreadList.module.css";
import { ViewDialog } from "./ViewDialog";

const SORT_NAMES: Record<Sort, string> = {
  last_activity: "Last activity",
  created_at: "Newest",
  oldest_waiting: "Waiting longest",
  pain: "Highest pain",
  revenue: "Highest revenue",
};

/** What the list is, how many it has, whether it is being read again, and how it is shown. */
export function ListHeader({
  view,
  saved,
  filters,
  onFiltersChange,
  start,
  heading,
  name,
  count,
  isFetching,
  isFiltering,
  onFilteringChange,
}: {
  view: string;
  saved: View | undefined;
  filters: Filters;
  onFiltersChange: (filters: Filters) => void;
  /** Before the name. */
  start: ReactNode;
  heading: RefObject<HTMLHeadingElement | null>;
  name: string;
  count: string | null;
  isFetching: boolean;
  isFiltering: boolean;
  onFilteringChange: (isShown: boolean) => void;
}) {
  const [isDense, setDense] = useStoredFlag("list.dense", false);
  const [dialog, setDialog] = useState<"create" | "edit" | "delete" | null>(null);
  const canWrite = useCanWrite();
  const usual: Sort = isTab(view) ? "last_activity" : (saved?.sort ?? "created_at");
  const close = (): void => setDialog(null);
  const run = useRunAction();
  const selectKey = useKeyLabel("select");
  return (
    <div className={styles.head}>
      {start}
      <h1 ref={heading} tabIndex={-1} title={name}>
        {name}
      </h1>
      {count !== null && (
        <span className={styles.count}>
          {count}
          <span className="visually-hidden"> threads</span>
        </span>
      )}
      <span className={styles.grow} />
      {isFetching && (
        <span className={styles.fresh} title="Reading the list again">
          <Spinner />
        </span>
      )}
      <IconButton
        label={isFiltering ? "Hide the filters" : "Show the filters"}
        icon={<ListFilter size={18} />}
        aria-pressed={isFiltering}
        onClick={() => onFilteringChange(!isFiltering)}
      />
      <Menu
        align="end"
        trigger={<IconButton label="How the list is shown" icon={<Ellipsis size={18} />} />}
      >
        {canWrite && (
          <>
            <MenuItem shortcut={selectKey} onSelect={() => run("select")}>
              Select threads
            </MenuItem>
            <MenuSeparator />
          </>
        )}
        <MenuLabel>Order</MenuLabel>
        <MenuChoice
          value={filters.sort ?? usual}
          options={SORTS.map((value) => ({ value, label: SORT_NAMES[value] }))}
          onChange={(sort) => {
            const { sort: before, ...others } = filters;
            if (sort === (before ?? usual)) return;
            onFiltersChange(sort === usual ? others : { ...others, sort });
          }}
        />
        <MenuSeparator />
        <MenuLabel>Rows</MenuLabel>
        <MenuChoice
          value={isDense ? "dense" : "normal"}
          options={[
            { value: "normal", label: "Comfortable" },
            { value: "dense", label: "Dense" },
          ]}
          onChange={(rows) => setDense(rows === "dense")}
        />
        {canWrite && (
          <>
            <MenuSeparator />
            <MenuItem onSelect={() => setDialog("create")}>Save as a view…</MenuItem>
          </>
        )}
        {canWrite && saved && (
          <>
            <MenuItem onSelect={() => setDialog("edit")}>Change this view…</MenuItem>
            <MenuItem isDanger onSelect={() => setDialog("delete")}>
              Delete this view…
            </MenuItem>
          </>
        )}
      </Menu>
      {dialog === "create" && <ViewDialog view={view} filters={filters} onClose={close} />}
      {dialog === "edit" && saved && (
        <ViewDialog view={view} filters={filters} saved={saved} onClose={close} />
      )}
      {dialog === "delete" && saved && <DeleteViewDialog view={saved} onClose={close} />}
    </div>
  );
}
