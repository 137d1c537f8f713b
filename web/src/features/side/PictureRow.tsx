import type { ResourceEdits } from "@/api/resource-writes";
import { PictureNote } from "@/ui/PictureNote";
import { TextRow } from "./ResourceRow";

type Address = string | null | undefined;

/** The address of a picture of a contact or a company, and why the picture may not be shown. */
export function PictureRow<T, P>({
  label,
  thing,
  addressOf,
  onSave,
  ...row
}: {
  label: "Picture" | "Logo";
  field: keyof P & string;
  edits: ResourceEdits<T, P>;
  thing: T;
  /** Where the picture of the thing, or of a change, is. */
  addressOf: (thing: Partial<T>) => Address;
  onSave: (address: string | null) => void;
  canWrite: boolean;
}) {
  const address = addressOf(thing) ?? "";
  const noun = label.toLowerCase();
  return (
    <TextRow
      {...row}
      label={label}
      wordsOf={(one) => addressOf(one) ?? `No ${noun}`}
      value={address}
      placeholder={`Add the address of a ${noun}`}
      inputMode="url"
      onSave={(text) => onSave(text === "" ? null : text)}
      note={<PictureNote address={address} />}
    />
  );
}
