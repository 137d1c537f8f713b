import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { createCompany } from "@/api/lookup-writes";
import { searchCompanies } from "@/api/lookups";
import type { Company } from "@/api/types";
import { Avatar } from "@/ui/Avatar";
import { Combobox } from "@/ui/Combobox";
import type { ComboboxItem } from "@/ui/combobox-items";
import { type PickerProps, given } from "./picker-props";

const itemOf = (company: Company): ComboboxItem => ({
  id: company.id,
  label: company.name,
  ...(company.domains[0] !== undefined && { detail: company.domains[0] }),
  icon: <Avatar name={company.name} src={company.logo_url} size={20} />,
});

const NONE = "";
const NO_COMPANY: ComboboxItem = { id: NONE, label: "No company" };

/** Picks a company, or none; a name that is not there makes a new one. */
export function CompanyPicker({
  value,
  onPick,
  hasNone = true,
  ...rest
}: PickerProps & {
  value: string | null;
  onPick: (company: Company | null) => void;
  /** Whether none is a choice, as it is not where one is added. */
  hasNone?: boolean;
}) {
  const client = useQueryClient();
  const known = useRef(new Map<string, Company>());
  const items = useCallback(
    async (query: string) => {
      const found = await searchCompanies(client, query);
      for (const company of found) known.current.set(company.id, company);
      const shown = found.map(itemOf);
      return hasNone && query.trim() === "" ? [...shown, NO_COMPANY] : shown;
    },
    [client, hasNone],
  );
  return (
    <Combobox
      {...given(rest)}
      label="Company"
      placeholder="Find a company…"
      items={items}
      value={value === null ? (hasNone ? [NONE] : []) : [value]}
      creates={(text) => [
        {
          label: `Create “${text}”`,
          make: async () => {
            const company = await createCompany(client, text);
            known.current.set(company.id, company);
            return itemOf(company);
          },
        },
      ]}
      onChange={([id = NONE]) => {
        const company = known.current.get(id) ?? null;
        if (company ? company.id !== value : id === NONE && value !== null) onPick(company);
      }}
    />
  );
}
