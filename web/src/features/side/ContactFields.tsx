import type { useResource } from "@/api/resource-writes";
import type { Contact, ContactPatch } from "@/api/types";
import { TextRow, UnsavedEdits } from "./ResourceRow";
import styles from "./side.module.css";

type Edits = ReturnType<typeof useResource<Contact, ContactPatch>>["edits"];

const checkAddress = (text: string): string | null =>
  /^[^\s@]+@[^\s@]+$/.test(text) ? null : "This is not an email address.";

/** What of a contact is changed in place, beside a thread and on its page. */
export function ContactFields({
  contact,
  edits,
  canWrite,
  isCard = false,
}: {
  contact: Contact;
  edits: Edits;
  canWrite: boolean;
  /** Beside a face, without labels. */
  isCard?: boolean;
}) {
  return (
    <>
      <UnsavedEdits edits={edits} />
      <TextRow
        label="Name"
        isBare={isCard}
        className={isCard ? styles.strong : undefined}
        field="name"
        edits={edits}
        wordsOf={(one) => one.name ?? "No name"}
        value={contact.name ?? ""}
        placeholder="Add a name"
        canWrite={canWrite}
        onSave={(text) => edits.update({ name: text === "" ? null : text }, "Name of the contact")}
      />
      <TextRow
        label="Email"
        isBare={isCard}
        className={isCard ? styles.under : undefined}
        field="email"
        edits={edits}
        wordsOf={(one) => one.email ?? ""}
        value={contact.email}
        inputMode="email"
        check={checkAddress}
        canWrite={canWrite}
        onSave={(email) => edits.update({ email }, "Email of the contact")}
      />
    </>
  );
}
