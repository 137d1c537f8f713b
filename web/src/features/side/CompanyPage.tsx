import { Link } from "@tanstack/react-router";
import { companyResource, useCompanyContacts } from "@/api/contacts";
import { messageOf } from "@/api/errors";
import { useCanWrite } from "@/api/lookups";
import { useResource } from "@/api/resource-writes";
import { useAction } from "@/lib/actions";
import { fullDate } from "@/lib/dates";
import { formatNumber } from "@/lib/numbers";
import { useTitle } from "@/lib/title";
import { Avatar } from "@/ui/Avatar";
import { PictureNote } from "@/ui/PictureNote";
import { Button } from "@/ui/Button";
import { Skeleton } from "@/ui/Skeleton";
import { CompanyFields } from "./CompanyFields";
import { LongestWaiting } from "./LongestWaiting";
import { PageFrame } from "./PageFrame";
import { RelatedThreads } from "./RelatedThreads";
import { TextRow } from "./ResourceRow";
import { Row, Said } from "./Row";
import { Section } from "./Section";
import { dayWords } from "./side-words";
import styles from "./side.module.css";

export function CompanyPage({ id }: { id: string }) {
  const { query, shown: company, edits } = useResource(companyResource, id);
  const canWrite = useCanWrite();
  useTitle(company?.name ?? "Company");
  useAction("back", () => history.back());
  return (
    <PageFrame
      noun="company"
      error={query.error}
      isThere={company !== undefined}
      onRetry={() => void query.refetch()}
      title={company?.name ?? ""}
      face={<Avatar name={company?.name ?? ""} src={company?.logo_url ?? null} size={40} />}
    >
      {company && (
        <>
          <div>
            <Section level="h2" name="page.about" title="About">
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
              <PictureNote address={company.logo_url ?? ""} />
              <LongestWaiting companyId={id} />
              <Row label="Known since">
                <Said>
                  <time dateTime={company.created_at} title={fullDate(company.created_at)}>
                    {dayWords(company.created_at)}
                  </time>
                </Said>
              </Row>
            </Section>
            <Contacts id={id} />
          </div>
          <Section level="h2" name="page.threads" title="Threads">
            <RelatedThreads
              of={{ company_id: id }}
              limit={50}
              empty="There is no thread of this company."
            />
          </Section>
        </>
      )}
    </PageFrame>
  );
}

function Contacts({ id }: { id: string }) {
  const { data, isPending, error, refetch } = useCompanyContacts(id);
  const contacts = data?.data;
  const count = contacts?.length ?? 0;
  return (
    <Section
      level="h2"
      name="page.contacts"
      title="Contacts"
      count={
        count > 0 ? `${formatNumber(count)}${data?.page.has_more === true ? "+" : ""}` : undefined
      }
    >
      {isPending && <Skeleton height={24} />}
      {error && !contacts && (
        <>
          <p>{`The contacts could not be loaded. ${messageOf(error)}`}</p>
          <div>
            <Button size="small" onClick={() => void refetch()}>
              Try again
            </Button>
          </div>
        </>
      )}
      {contacts?.length === 0 && <p className={styles.quiet}>Nobody is known to belong to it.</p>}
      <ul className={styles.links}>
        {contacts?.map((contact) => (
          <li key={contact.id} className={styles.link}>
            <Avatar name={contact.name ?? contact.email} src={contact.image_url} size={20} />
            <Link
              to="/contacts/$id"
              params={{ id: contact.id }}
              className={styles.cut}
              dir="auto"
              title={contact.email}
            >
              {contact.name ?? contact.email}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
