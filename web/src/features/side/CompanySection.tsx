import { companyResource } from "@/api/contacts";
import { useResource } from "@/api/resource-writes";
import { useUpdateThread } from "@/api/thread-writes";
import type { Company } from "@/api/types";
import { CompanyPicker } from "@/pickers/CompanyPicker";
import { Avatar } from "@/ui/Avatar";
import { CompanyFields, CompanyName } from "./CompanyFields";
import { LongestWaiting } from "./LongestWaiting";
import { Card, OtherThreads, RecordSection, type RecordSectionProps } from "./RecordSection";

export function CompanySection(props: RecordSectionProps) {
  const { update } = useUpdateThread();
  const { id, company } = props.thread;
  return (
    <RecordSection
      {...props}
      noun="company"
      none={props.canWrite ? null : "No company"}
      picker={(trigger, align) => (
        <CompanyPicker
          value={company?.id ?? null}
          align={align}
          trigger={trigger}
          onPick={(picked) =>
            update({
              id,
              patch: { company_id: picked?.id ?? null },
              shown: { company: picked },
              label: picked ? `Company: ${picked.name}` : "No company",
            })
          }
        />
      )}
    >
      {company && <Known key={company.id} of={company} threadId={id} canWrite={props.canWrite} />}
    </RecordSection>
  );
}

function Known({ of, threadId, canWrite }: { of: Company; threadId: string; canWrite: boolean }) {
  const { shown: company = of, edits } = useResource(companyResource, of.id);
  return (
    <>
      <Card face={<Avatar name={company.name} src={company.logo_url} size={36} />}>
        <CompanyName company={company} edits={edits} canWrite={canWrite} isCard />
      </Card>
      <CompanyFields company={company} edits={edits} canWrite={canWrite} isShort />
      <LongestWaiting companyId={of.id} />
      <OtherThreads of={{ company_id: of.id }} threadId={threadId} />
    </>
  );
}
