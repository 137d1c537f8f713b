import { ArrowRightLeft } from "lucide-react";
import type { ReactNode } from "react";
import { companyResource } from "@/api/contacts";
import { useRelatedThreads } from "@/api/related-threads";
import { useResource } from "@/api/resource-writes";
import type { FieldEdit } from "@/api/thread-edits";
import { useUpdateThread } from "@/api/thread-writes";
import type { Company, Thread } from "@/api/types";
import { CompanyPicker } from "@/pickers/CompanyPicker";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { CompanyFields, CompanyName } from "./CompanyFields";
import { EditState } from "./EditState";
import { LongestWaiting } from "./LongestWaiting";
import { PageLink } from "./PageLink";
import { RelatedThreads } from "./RelatedThreads";
import { Section } from "./Section";
import { ThreadConflict } from "./ThreadProblems";
import { countWords } from "./side-words";
import styles from "./side.module.css";

const SHOWN = 5;

export function CompanySection({
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
  const { company } = thread;
  const picker = (trigger: ReactNode, align: "start" | "end") => (
    <CompanyPicker
      value={company?.id ?? null}
      align={align}
      trigger={trigger}
      onPick={(picked) =>
        update({
          id: thread.id,
          patch: { company_id: picked?.id ?? null },
          shown: { company: picked },
          label: picked ? `Company: ${picked.name}` : "No company",
        })
      }
    />
  );
  return (
    <Section
      name="company"
      title="Company"
      isPressing={isPressing}
      actions={
        company && (
          <>
            <PageLink label="Open the page of the company" to="company" id={company.id} />
            {canWrite &&
              picker(
                <IconButton label="Change the company" icon={<ArrowRightLeft size={16} />} />,
                "end",
              )}
          </>
        )
      }
    >
      <EditState edit={edit} />
      <ThreadConflict threadId={thread.id} fields={["company_id"]} />
      {company ? (
        <Known key={company.id} of={company} threadId={thread.id} canWrite={canWrite} />
      ) : (
        <>
          {!canWrite && <p className={styles.quiet}>No company</p>}
          {canWrite && <div>{picker(<Button size="small">Choose a company</Button>, "start")}</div>}
        </>
      )}
    </Section>
  );
}

function Known({ of, threadId, canWrite }: { of: Company; threadId: string; canWrite: boolean }) {
  const { shown, edits } = useResource(companyResource, of.id);
  const company = shown ?? of;
  const others = useRelatedThreads({ company_id: of.id }, SHOWN + 1);
  return (
    <>
      <div className={styles.who}>
        <Avatar name={company.name} src={company.logo_url} size={36} />
        <div className={styles.whoText}>
          <CompanyName company={company} edits={edits} canWrite={canWrite} isCard />
        </div>
      </div>
      <CompanyFields company={company} edits={edits} canWrite={canWrite} isShort />
      <LongestWaiting companyId={of.id} />
      <h4 className={styles.sub}>Other threads {countWords(others.data?.pages, threadId)}</h4>
      <RelatedThreads
        of={{ company_id: of.id }}
        except={threadId}
        limit={SHOWN}
        empty="This is their only thread."
      />
    </>
  );
}
