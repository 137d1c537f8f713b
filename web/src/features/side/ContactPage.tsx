import { contactResource } from "@/api/contacts";
import { useCanWrite } from "@/api/lookups";
import { useResource } from "@/api/resource-writes";
import { Switch } from "@/ui/Switch";
import { ContactFields } from "./ContactFields";
import { Memberships } from "./Memberships";
import { ExternalIds } from "./MoreSections";
import { PictureRow } from "./PictureRow";
import { RecordPage } from "./RecordPage";
import { ResourceRow } from "./ResourceRow";
import { Said } from "./Row";
import { Section } from "./Section";

const newsWords = (isSubscribed: boolean | undefined): string =>
  isSubscribed ? "Gets news by mail" : "Gets no news";

export function ContactPage({ id }: { id: string }) {
  const { query, shown: contact, edits } = useResource(contactResource, id);
  const canWrite = useCanWrite();
  const ids = (contact?.external_ids ?? {}) as Record<string, string | undefined>;
  return (
    <RecordPage
      noun="contact"
      error={query.error}
      onRetry={() => void query.refetch()}
      title={contact && (contact.name ?? contact.email)}
      picture={contact?.image_url ?? null}
      createdAt={contact?.created_at ?? ""}
      of={{ contact_id: id }}
      fields={
        contact && (
          <>
            <ContactFields contact={contact} edits={edits} canWrite={canWrite} />
            <PictureRow
              label="Picture"
              field="image_url"
              edits={edits}
              thing={contact}
              addressOf={(one) => one.image_url}
              onSave={(image_url) => edits.update({ image_url }, "Picture of the contact")}
              canWrite={canWrite}
            />
            <ResourceRow
              label="News"
              field="is_subscribed"
              edits={edits}
              wordsOf={(one) => newsWords(one.is_subscribed)}
            >
              {canWrite ? (
                <Switch
                  label="Gets news by mail"
                  checked={contact.is_subscribed}
                  onChange={(is_subscribed) =>
                    edits.update({ is_subscribed }, "News to the contact")
                  }
                />
              ) : (
                <Said>{newsWords(contact.is_subscribed)}</Said>
              )}
            </ResourceRow>
          </>
        )
      }
    >
      {contact && <Memberships contact={contact} canWrite={canWrite} />}
      {Object.keys(ids).length > 0 && (
        <Section level="h2" name="page.external" title="In other systems">
          <ExternalIds ids={ids} />
        </Section>
      )}
    </RecordPage>
  );
}
