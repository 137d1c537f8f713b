import { Link } from "@tanstack/react-router";
import { Plus, X } from "lucide-react";
import { useContactCompanies, useMemberships } from "@/api/contacts";
import { messageOf } from "@/api/errors";
import { reasonOf } from "@/api/thread-edits";
import type { Contact } from "@/api/types";
import { CompanyPicker } from "@/pickers/CompanyPicker";
import { Avatar } from "@/ui/Avatar";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Skeleton } from "@/ui/Skeleton";
import { Refused } from "./EditState";
import { Section } from "./Section";
import styles from "./side.module.css";

/** The companies of a contact: the first is the one that its threads show. */
export function Memberships({ contact, canWrite }: { contact: Contact; canWrite: boolean }) {
  const { data: companies, isPending, error, refetch } = useContactCompanies(contact.id);
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
      {isPending && <Skeleton height={24} />}
      {error && !companies && (
        <>
          <p>{`The companies could not be loaded. ${messageOf(error)}`}</p>
          <div>
            <Button size="small" onClick={() => void refetch()}>
              Try again
            </Button>
          </div>
        </>
      )}
      {companies?.length === 0 && <p className={styles.quiet}>They belong to no company.</p>}
      <ul className={styles.links}>
        {companies?.map((company) => (
          <li key={company.id} className={styles.link}>
            <Avatar name={company.name} src={company.logo_url} size={20} />
            <Link
              to="/companies/$id"
              params={{ id: company.id }}
              className={styles.cut}
              dir="auto"
              title={company.name}
            >
              {company.name}
            </Link>
            {company.is_primary && <Badge>Primary</Badge>}
            {canWrite && (
              <IconButton
                label={`Remove from ${company.name}`}
                icon={<X size={14} />}
                isBusy={removing === company.id}
                onClick={() => remove.mutate(company)}
              />
            )}
          </li>
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
