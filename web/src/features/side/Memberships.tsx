import { Plus, X } from "lucide-react";
import { useContactCompanies, useMemberships } from "@/api/contacts";
import { reasonOf } from "@/api/thread-edits";
import type { Contact } from "@/api/types";
import { CompanyPicker } from "@/pickers/CompanyPicker";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/IconButton";
import { Skeleton } from "@/ui/Skeleton";
import { Refused } from "./EditState";
import { NotLoaded } from "./NotLoaded";
import { RecordLink } from "./RecordLink";
import { Section } from "./Section";
import styles from "./side.module.css";

/** The companies of a contact: the first is the one that its threads show. */
export function Memberships({ contact, canWrite }: { contact: Contact; canWrite: boolean }) {
  const query = useContactCompanies(contact.id);
  const companies = query.data;
  const { add, remove } = useMemberships(contact.id);
  const failure = add.error ?? remove.error;
  const removing = remove.isPending ? remove.variables.id : null;
  return (
    <Section
      level="h2"
      name="page.companies"
      title="Companies"
      actions={
        canWrite && (
          <CompanyPicker
            value={null}
            hasNone={false}
            align="end"
            trigger={<IconButton label="Add to a company" icon={<Plus size={16} />} />}
            onPick={(company) => company && add.mutate(company)}
          />
        )
      }
    >
      {query.isPending && <Skeleton height={24} />}
      {query.isLoadingError && <NotLoaded what="The companies" query={query} />}
      {companies?.length === 0 && <p className={styles.quiet}>They belong to no company.</p>}
      <ul className={styles.links}>
        {companies?.map((company) => (
          <RecordLink
            key={company.id}
            to="/companies/$id"
            id={company.id}
            name={company.name}
            picture={company.logo_url}
          >
            {company.is_primary && <Badge>Primary</Badge>}
            {canWrite && (
              <IconButton
                label={`Remove from ${company.name}`}
                icon={<X size={14} />}
                isBusy={removing === company.id}
                onClick={() => remove.mutate(company)}
              />
            )}
          </RecordLink>
        ))}
        {add.isPending && (
          <li className={styles.link}>
            <Skeleton height={16} />
          </li>
        )}
      </ul>
      {failure && (
        <Refused
          reason={`It was not changed: ${reasonOf(failure)}`}
          onDismiss={() => {
            add.reset();
            remove.reset();
          }}
        />
      )}
    </Section>
  );
}
