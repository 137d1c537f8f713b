import { companyResource, useCompanyContacts } from "@/api/contacts";
import { useCanWrite } from "@/api/lookups";
import { useResource } from "@/api/resource-writes";
import { formatNumber } from "@/lib/numbers";
import { CompanyFields } from "./CompanyFields";
import { LongestWaiting } from "./LongestWaiting";
import { RecordLink, RecordLinks } from "./RecordLinks";
import { RecordPage } from "./RecordPage";
import { TextRow } from "./ResourceRow";
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
            <TextRow
              label="Logo"
              field="logo_url"
              edits={edits}
              wordsOf={(one) => one.logo_url ?? "No logo"}
              value={company.logo_url ?? ""}
              placeholder="Add the address of a logo"
              inputMode="url"
              canWrite={canWrite}
              onSave={(text) =>
                edits.update({ logo_url: text === "" ? null : text }, "Logo of the company")
              }
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
  const { data: page, ...query } = useCompanyContacts(id);
  const more = page?.page.has_more === true ? "+" : "";
  return (
    <RecordLinks
      noun="contacts"
      count={page?.data.length ? `${formatNumber(page.data.length)}${more}` : undefined}
      query={{ ...query, data: page?.data }}
      empty="Nobody is known to belong to it."
    >
      {(contacts) => (
        <ul className={styles.links}>
          {contacts.map(({ id: contactId, name, email, image_url }) => (
            <RecordLink
              key={contactId}
              to="/contacts/$id"
              id={contactId}
              name={name ?? email}
              picture={image_url}
              title={email}
            />
          ))}
        </ul>
      )}
    </RecordLinks>
  );
}
