import { contactResource } from "@/api/contacts";
import { useCanWrite } from "@/api/lookups";
import { useResource } from "@/api/resource-writes";
import { useAction } from "@/lib/actions";
import { fullDate } from "@/lib/dates";
import { useTitle } from "@/lib/title";
import { Avatar } from "@/ui/Avatar";
import { PictureNote } from "@/ui/PictureNote";
import { Switch } from "@/ui/Switch";
import { ContactFields } from "./ContactFields";
import { Memberships } from "./Memberships";
import { ExternalIds } from "./MoreSections";
import { PageFrame } from "./PageFrame";
import { RelatedThreads } from "./RelatedThreads";
import { ResourceRow, TextRow } from "./ResourceRow";
import { Row, Said } from "./Row";
import { Section } from "./Section";
import { dayWords } from "./side-words";

export function ContactPage({ id }: { id: string }) {
  const { query, shown: contact, edits } = useResource(contactResource, id);
  const canWrite = useCanWrite();
  const title = contact?.name ?? contact?.email ?? "Contact";
  useTitle(title);
  useAction("back", () => history.back());
  const ids = (contact?.external_ids ?? {}) as Record<string, string | undefined>;
  return (
    <PageFrame
      noun="contact"
      error={query.error}
      isThere={contact !== undefined}
      onRetry={() => void query.refetch()}
      title={title}
      face={<Avatar name={title} src={contact?.image_url ?? null} size={40} />}
    >
      {contact && (
        <>
          <div>
            <Section level="h2" name="page.about" title="About">
              <ContactFields contact={contact} edits={edits} canWrite={canWrite} />
              <TextRow
                label="Picture"
                field="image_url"
                edits={edits}
                wordsOf={(one) => one.image_url ?? "No picture"}
                value={contact.image_url ?? ""}
                placeholder="Add the address of a picture"
                inputMode="url"
                canWrite={canWrite}
                onSave={(text) =>
                  edits.update({ image_url: text === "" ? null : text }, "Picture of the contact")
                }
              />
              <PictureNote address={contact.image_url ?? ""} />
              <ResourceRow
                label="News"
                field="is_subscribed"
                edits={edits}
                wordsOf={(one) => (one.is_subscribed ? "Gets news by mail" : "Gets no news")}
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
                  <Said>{contact.is_subscribed ? "Gets news by mail" : "Gets no news"}</Said>
                )}
              </ResourceRow>
              <Row label="Known since">
                <Said>
                  <time dateTime={contact.created_at} title={fullDate(contact.created_at)}>
                    {dayWords(contact.created_at)}
                  </time>
                </Said>
              </Row>
            </Section>
            <Memberships contact={contact} canWrite={canWrite} />
            {Object.keys(ids).length > 0 && (
              <Section level="h2" name="page.external" title="In other systems">
                <ExternalIds ids={ids} />
              </Section>
            )}
          </div>
          <Section level="h2" name="page.threads" title="Threads">
            <RelatedThreads
              of={{ contact_id: id }}
              limit={50}
              empty="There is no thread of this contact."
            />
          </Section>
        </>
      )}
    </PageFrame>
  );
}
