import { ChevronDown, UserRoundX } from "lucide-react";
import { useMemo } from "react";
import { useCompanyOptions } from "@/api/contacts";
import { useTeam } from "@/api/lookups";
import type { View } from "@/api/types";
import type { Filters } from "@/lib/search-params";
import { useTagItems } from "@/pickers/tag-items";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Chip } from "@/ui/Chip";
import { Combobox } from "@/ui/Combobox";
import type { ComboboxItem } from "@/ui/combobox-items";
import styles from "./ThreadList.module.css";
import { filterChanged, withoutFilter } from "./filter-change";

const NOBODY: ComboboxItem = {
  id: "none",
  label: "Nobody",
  icon: <UserRoundX size={16} aria-hidden />,
};

type Name = "tag" | "assignee" | "tier";

/** What narrows the list: a choice for each kind, and a chip for each that was chosen. */
export function FilterBar({
  view,
  saved,
  filters,
  onChange,
}: {
  view: string;
  saved: View | undefined;
  filters: Filters;
  onChange: (filters: Filters) => void;
}) {
  const tags = useTagItems();
  const { data: members } = useTeam();
  const tiers = useCompanyOptions().data?.tiers;
  const items = useMemo<Record<Name, ComboboxItem[]>>(
    () => ({
      tag: tags,
      assignee: [
        NOBODY,
        ...(members ?? []).map((member) => ({
          id: member.id,
          label: member.name ?? member.email,
          icon: <Avatar name={member.name ?? member.email} src={member.image_url} size={16} />,
        })),
      ],
      tier: (tiers ?? []).map((tier) => ({ id: tier.id, label: tier.name })),
    }),
    [tags, members, tiers],
  );
  // These tabs are of one's own threads, so that nobody else can be asked for.
  const isOwn = [view, saved?.filters.tab].some((tab) => tab === "my" || tab === "needs-response");
  const kinds: { name: Name; label: string }[] = [
    { name: "tag", label: "Tag" },
    ...(isOwn ? [] : [{ name: "assignee" as const, label: "Assignee" }]),
    { name: "tier", label: "Tier" },
  ];
  return (
    <div className={styles.filters} role="group" aria-label="Filters">
      {kinds.map(({ name, label }) => (
        <Combobox
          key={name}
          label={`Filter by ${label.toLowerCase()}`}
          placeholder={`Any ${label.toLowerCase()}`}
          isMultiple
          items={items[name]}
          value={filters[name] ?? []}
          onChange={(ids) => onChange(filterChanged(filters, name, ids))}
          trigger={
            <Button size="small" variant="quiet" className={styles.filter}>
              {label}
              <ChevronDown size={14} aria-hidden />
            </Button>
          }
        />
      ))}
      {kinds.flatMap(({ name, label }) =>
        (filters[name] ?? []).map((id) => {
          const item = items[name].find((one) => one.id === id);
          const text = item?.label ?? "…";
          return (
            <Chip
              key={`${name} ${id}`}
              icon={item?.icon}
              removeLabel={`Remove the filter ${label}: ${text}`}
              onRemove={() => onChange(withoutFilter(filters, name, id))}
            >
              {text}
            </Chip>
          );
        }),
      )}
    </div>
  );
}
