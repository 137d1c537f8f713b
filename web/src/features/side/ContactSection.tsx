import { ArrowRightLeft } from "lucide-react";
import { contactResource } from "@/api/contacts";
import { useRelatedThreads } from "@/api/related-threads";
import { useResource } from "@/api/resource-writes";
import type { FieldEdit } from "@/api/thread-edits";
import { useUpdateThread } from "@/api/thread-writes";
import type { Contact, Thread } from "@/api/types";
import { ContactPicker } from "@/pickers/ContactPicker";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { ContactFields } from "./ContactFields";
import { EditState } from "./EditState";
import { PageLink } from "./PageLink";
import { RelatedThreads } from "./RelatedThreads";
import { Section } from "./Section";
import { ThreadConflict } from "./ThreadProblems";
import { countWords } from "./side-words";
import styles from "./side.module.css";

const SHOWN = 5;

export function ContactSection({
  thread,
  edit,
  isPressing,
  canWrite,
}: {
  thread: Thread;
  edit: FieldEdit | null;
  isPressing: boolean;
  canWrite: boolean;
}) {
  const { update } = useUpdateThread();
  const { contact } = thread;
  const picker = (trigger: React.ReactNode, align: "start" | "end") => (
    <ContactPicker
      value={contact?.id ?? null}
      align={align}
      trigger={trigger}
      onPick={(picked) =>
        update({
          id: thread.id,
          patch: { contact_id: picked.id },
          shown: { contact: picked },
          label: `Contact: ${picked.name ?? picked.email}`,
        })
      }
    />
  );
  return (
    <Section
      name="contact"
      title="Contact"
      isPressing={isPressing}
      actions={
        contact && (
          <>
            <PageLink label="Open the page of the contact" to="contact" id={contact.id} />
            {canWrite &&
              picker(
                <IconButton label="Change the contact" icon={<ArrowRightLeft size={16} />} />,
                "end",
              )}
          </>
        )
      }
    >
      <EditState edit={edit} />
      <ThreadConflict threadId={thread.id} fields={["contact_id"]} />
      {contact ? (
        <Known key={contact.id} of={contact} threadId={thread.id} canWrite={canWrite} />
      ) : (
        <>
          <p className={styles.quiet}>Nobody is known to have written this.</p>
          {canWrite && <div>{picker(<Button size="small">Choose a contact</Button>, "start")}</div>}
        </>
      )}
    </Section>
  );
}

function Known({ of, threadId, canWrite }: { of: Contact; threadId: string; canWrite: boolean }) {
  const { shown, edits } = useResource(contactResource, of.id);
  const contact = shown ?? of;
  const others = useRelatedThreads({ contact_id: of.id }, SHOWN + 1);
  return (
    <>
      <div className={styles.who}>
        <Avatar name={contact.name ?? contact.email} src={contact.image_url} size={36} />
        <div className={styles.whoText}>
          <ContactFields contact={contact} edits={edits} canWrite={canWrite} isCard />
        </div>
      </div>
      <h4 className={styles.sub}>Other threads {countWords(others.data?.pages, threadId)}</h4>
      <RelatedThreads
        of={{ contact_id: of.id }}
        except={threadId}
        limit={SHOWN}
        empty="This is their only thread."
      />
    </>
  );
}
