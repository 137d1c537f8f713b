import { companyResource, useCompanyContacts } from "@/api/contacts";
import { useCanWrite } from "@/api/lookups";
import { useResource } from "@/api/resource-writes";
import { formatNumber } from "@/lib/numbers";
import { Skeleton } from "@/ui/Skeleton";
import { CompanyFields } from "./CompanyFields";
import { LongestWaiting } from "./LongestWaiting";
import { NotLoaded } from "./NotLoaded";
import { PictureRow } from "./PictureRow";
import { RecordLink } from "./RecordLink";
import { RecordPage } from "./RecordPage";
import { Section } from "./Section";
import styles from "./side.module.css";

export function CompanyPage({ id }: { id: string }) {
  const { query, shown: company, edits } = useResource(companyResource, id);
  const canWrite = useCanWrite();
  return (
    <RecordPage
      noun="company"
      error={query.error}
      onRetry={() => void query.refetch()}
      title={company?.name}
      picture={company?.logo_url ?? null}
      createdAt={company?.created_at ?? ""}
      of={{ company_id: id }}
      fields={
        company && (
          <>
            <CompanyFields company={company} edits={edits} canWrite={canWrite} />
            <PictureRow
              label="Logo"
              field="logo_url"
              edits={edits}
              thing={company}
              addressOf={(one) => one.logo_url}
              onSave={(logo_url) => edits.update({ logo_url }, "Logo of the company")}
              canWrite={canWrite}
            />
            <LongestWaiting companyId={id} />
          </>
        )
      }
    >
      <Contacts id={id} />
    </RecordPage>
  );
}

function Contacts({ id }: { id: string }) {
  const query = useCompanyContacts(id);
  const { data: contacts, page } = query.data ?? {};
  const count = contacts?.length
    ? `${formatNumber(contacts.length)}${page?.has_more ? "+" : ""}`
    : undefined;
  return (
    <Section level="h2" name="page.contacts" title="Contacts" count={count}>
      {query.isPending && <Skeleton height={24} />}
      {query.isLoadingError && <NotLoaded what="The contacts" query={query} />}
      {contacts?.length === 0 && <p className={styles.quiet}>Nobody is known to belong to it.</p>}
      <ul className={styles.links}>
        {contacts?.map((contact) => (
          <RecordLink
            key={contact.id}
            to="/contacts/$id"
            id={contact.id}
            name={contact.name ?? contact.email}
            picture={contact.image_url}
            title={contact.email}
          />
        ))}
      </ul>
    </Section>
  );
}
