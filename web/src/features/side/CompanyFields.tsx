import { useCompanyOptions } from "@/api/contacts";
import type { useResource } from "@/api/resource-writes";
import type { Company, CompanyPatch } from "@/api/types";
import { formatNumber, parseWholeNumber } from "@/lib/numbers";
import { ChoiceValue } from "./ChoiceValue";
import { ResourceRow, TextRow, UnsavedEdits } from "./ResourceRow";
import styles from "./side.module.css";

type Edits = ReturnType<typeof useResource<Company, CompanyPatch>>["edits"];

const numberWords = (value: number | null | undefined): string =>
  value === null || value === undefined ? "Unknown" : formatNumber(value);

const checkNumber = (text: string): string | null =>
  Number.isNaN(parseWholeNumber(text)) ? "This is not a whole number." : null;

const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\s,;]+/)
      .map((part) => part.trim())
      .filter(Boolean),
  ),
];

export function CompanyName({
  company,
  edits,
  canWrite,
  isCard = false,
}: {
  company: Company;
  edits: Edits;
  canWrite: boolean;
  /** Beside a face, without a label. */
  isCard?: boolean;
}) {
  return (
    <TextRow
      label="Name"
      field="name"
      edits={edits}
      canWrite={canWrite}
      isBare={isCard}
      className={isCard ? styles.strong : undefined}
      wordsOf={(one) => one.name ?? ""}
      value={company.name}
      check={(text) => (text === "" ? "A company needs a name." : null)}
      onSave={(name) => edits.update({ name }, "Name of the company")}
    />
  );
}

/** What of a company is changed in place: beside a thread what matters there, on its page all. */
export function CompanyFields({
  company,
  edits,
  canWrite,
  isShort = false,
}: {
  company: Company;
  edits: Edits;
  canWrite: boolean;
  isShort?: boolean;
}) {
  const { data: options } = useCompanyOptions();
  const shared = { edits, canWrite };
  return (
    <>
      <UnsavedEdits edits={edits} />
      {!isShort && <CompanyName company={company} edits={edits} canWrite={canWrite} />}
      <ResourceRow
        label="Tier"
        field="tier_id"
        edits={edits}
        wordsOf={(one) => one.tier_name ?? "No tier"}
      >
        <ChoiceValue
          label="Tier"
          none="No tier"
          value={company.tier_id}
          name={company.tier_name}
          options={options?.tiers ?? []}
          canWrite={canWrite}
          onPick={(tier) =>
            edits.update({ tier_id: tier?.id ?? null }, "Tier of the company", {
              tier_id: tier?.id ?? null,
              tier_name: tier?.name ?? null,
            })
          }
        />
      </ResourceRow>
      {!isShort && (
        <>
          <ResourceRow
            label="Status"
            field="status_id"
            edits={edits}
            wordsOf={(one) => one.status_name ?? "No status"}
          >
            <ChoiceValue
              label="Status"
              none="No status"
              value={company.status_id}
              name={company.status_name}
              options={options?.statuses ?? []}
              canWrite={canWrite}
              onPick={(status) =>
                edits.update({ status_id: status?.id ?? null }, "Status of the company", {
                  status_id: status?.id ?? null,
                  status_name: status?.name ?? null,
                })
              }
            />
          </ResourceRow>
          <ResourceRow
            label="Owner"
            field="owner_id"
            edits={edits}
            wordsOf={(one) => one.owner?.name ?? "Nobody"}
          >
            <ChoiceValue
              label="Owner"
              none="Nobody"
              value={company.owner?.id ?? null}
              name={company.owner?.name ?? null}
              options={options?.owners ?? []}
              canWrite={canWrite}
              onPick={(owner) =>
                edits.update({ owner_id: owner?.id ?? null }, "Owner of the company", {
                  owner: owner && (options?.owners.find((one) => one.id === owner.id) ?? null),
                })
              }
            />
          </ResourceRow>
        </>
      )}
      <TextRow
        {...shared}
        label="Revenue"
        field="revenue"
        wordsOf={(one) => numberWords(one.revenue)}
        value={company.revenue === null ? "" : String(company.revenue)}
        {...(company.revenue !== null && { display: formatNumber(company.revenue) })}
        inputMode="numeric"
        check={checkNumber}
        onSave={(text) => edits.update({ revenue: parseWholeNumber(text) }, "Revenue")}
      />
      <TextRow
        {...shared}
        label="Size"
        field="size"
        wordsOf={(one) => numberWords(one.size)}
        value={company.size === null ? "" : String(company.size)}
        {...(company.size !== null && { display: `${formatNumber(company.size)} people` })}
        inputMode="numeric"
        check={checkNumber}
        onSave={(text) => edits.update({ size: parseWholeNumber(text) }, "Size")}
      />
      <TextRow
        {...shared}
        label="Domains"
        field="domains"
        wordsOf={(one) => one.domains?.join(", ") || "None"}
        value={company.domains.join(", ")}
        placeholder="Add domains"
        onSave={(text) => edits.update({ domains: listOf(text) }, "Domains")}
      />
      {!isShort && (
        <TextRow
          {...shared}
          label="Your ids"
          field="external_ids"
          wordsOf={(one) => one.external_ids?.join(", ") || "None"}
          value={company.external_ids.join(", ")}
          placeholder="Add ids of other systems"
          onSave={(text) =>
            edits.update(
              { external_ids: [...new Set(text.split(/\s*,\s*/).filter(Boolean))] },
              "Ids of the company",
            )
          }
        />
      )}
    </>
  );
}
