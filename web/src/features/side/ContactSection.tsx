import { contactResource } from "@/api/contacts";
import { useResource } from "@/api/resource-writes";
import { useUpdateThread } from "@/api/thread-writes";
import type { Contact } from "@/api/types";
import { ContactPicker } from "@/pickers/ContactPicker";
import { Avatar } from "@/ui/Avatar";
import { ContactFields } from "./ContactFields";
import { Card, OtherThreads, RecordSection, type RecordSectionProps } from "./RecordSection";

export function ContactSection(props: RecordSectionProps) {
  const { update } = useUpdateThread();
  const { id, contact } = props.thread;
  return (
    <RecordSection
      {...props}
      noun="contact"
      none="Nobody is known to have written this."
      picker={(trigger, align) => (
        <ContactPicker
          value={contact?.id ?? null}
          align={align}
          trigger={trigger}
          onPick={(picked) =>
            update({
              id,
              patch: { contact_id: picked.id },
              shown: { contact: picked },
              label: `Contact: ${picked.name ?? picked.email}`,
            })
          }
        />
      )}
    >
      {contact && <Known key={contact.id} of={contact} threadId={id} canWrite={props.canWrite} />}
    </RecordSection>
  );
}

function Known({ of, threadId, canWrite }: { of: Contact; threadId: string; canWrite: boolean }) {
  const { shown: contact = of, edits } = useResource(contactResource, of.id);
  return (
    <>
      <Card
        face={<Avatar name={contact.name ?? contact.email} src={contact.image_url} size={36} />}
      >
        <ContactFields contact={contact} edits={edits} canWrite={canWrite} isCard />
      </Card>
      <OtherThreads of={{ contact_id: of.id }} threadId={threadId} />
    </>
  );
}
