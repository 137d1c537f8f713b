import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { createContact } from "@/api/lookup-writes";
import { isAddress, searchContacts } from "@/api/lookups";
import type { Contact } from "@/api/types";
import { Avatar } from "@/ui/Avatar";
import { Combobox } from "@/ui/Combobox";
import type { ComboboxItem } from "@/ui/combobox-items";
import { type PickerProps, given } from "./picker-props";

const itemOf = (contact: Contact): ComboboxItem => ({
  id: contact.id,
  label: contact.name ?? contact.email,
  ...(contact.name !== null && { detail: contact.email }),
  icon: <Avatar name={contact.name ?? contact.email} src={contact.image_url} size={20} />,
});

/** Picks a contact by name or address; an address that nobody has makes a new one. */
export function ContactPicker({
  value,
  onPick,
  ...rest
}: PickerProps & { value: string | null; onPick: (contact: Contact) => void }) {
  const client = useQueryClient();
  const known = useRef(new Map<string, Contact>());
  const items = useCallback(
    async (query: string) => {
      const found = await searchContacts(client, query);
      for (const contact of found) known.current.set(contact.id, contact);
      return found.map(itemOf);
    },
    [client],
  );
  return (
    <Combobox
      {...given(rest)}
      label="Contact"
      placeholder="Name or whole email address…"
      items={items}
      value={value === null ? [] : [value]}
      creates={(text) =>
        isAddress(text)
          ? [
              {
                label: `Create a contact for ${text}`,
                make: async () => {
                  const contact = await createContact(client, text);
                  known.current.set(contact.id, contact);
                  return itemOf(contact);
                },
              },
            ]
          : []
      }
      onChange={([id]) => {
        // A thread always keeps a contact, so that taking it away changes nothing.
        const contact = known.current.get(id ?? "");
        if (contact) onPick(contact);
      }}
    />
  );
}
