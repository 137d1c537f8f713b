import type { QueryClient } from "@tanstack/react-query";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { patchThreads } from "./cache";
import { take, takeAll, v2 } from "./client";
import { keys } from "./keys";
import type { Resource } from "./resource-writes";
import type { Company, CompanyPatch, Contact, ContactPatch } from "./types";
import { rememberUndo } from "./undo";

const ifMatch = (version: number | null) =>
  version === null ? {} : { "If-Match": `"${version}"` };

export const contactResource: Resource<Contact, ContactPatch> = {
  kind: "contact",
  keyOf: keys.contact,
  get: (id, signal) =>
    takeAll(v2.GET("/contacts/{id}", { params: { path: { id } }, ...(signal && { signal }) })),
  patch: (id, version, body) =>
    takeAll(
      v2.PATCH("/contacts/{id}", { params: { path: { id }, header: ifMatch(version) }, body }),
    ),
  valueOf: (contact, field) =>
    field === "company_name" || field === "company_external_id"
      ? contact.company_id
      : contact[field],
  shownBy: ({ name, email, image_url, is_subscribed, company_id }) => ({
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(image_url !== undefined && { image_url }),
    ...(is_subscribed !== undefined && { is_subscribed }),
    ...(company_id !== undefined && { company_id }),
  }),
  onChanged: (client, contact) => {
    patchThreads(client, (t) => (t.contact?.id === contact.id ? { ...t, contact } : t));
    void client.invalidateQueries({ queryKey: keys.contacts });
  },
};

export const companyResource: Resource<Company, CompanyPatch> = {
  kind: "company",
  keyOf: keys.company,
  get: (id, signal) =>
    takeAll(v2.GET("/companies/{id}", { params: { path: { id } }, ...(signal && { signal }) })),
  patch: (id, version, body) =>
    takeAll(
      v2.PATCH("/companies/{id}", { params: { path: { id }, header: ifMatch(version) }, body }),
    ),
  valueOf: (company, field) =>
    field === "owner_id" ? (company.owner?.id ?? null) : company[field],
  shownBy: ({ name, logo_url, domains, size, revenue, external_ids, owner_id }) => ({
    ...(name !== undefined && { name }),
    ...(logo_url !== undefined && { logo_url }),
    ...(domains !== undefined && { domains }),
    ...(size !== undefined && { size }),
    ...(revenue !== undefined && { revenue }),
    ...(external_ids !== undefined && { external_ids }),
    ...(owner_id === null && { owner: null }),
  }),
  onChanged: (client, company) => {
    patchThreads(client, (t) => (t.company?.id === company.id ? { ...t, company } : t));
    void client.invalidateQueries({ queryKey: keys.companies });
  },
};

/** What a company's status, tier and owner can be. */
export function useCompanyOptions() {
  return useQuery({
    queryKey: [...keys.companies, "options"],
    queryFn: ({ signal }) => take(v2.GET("/companies/linear-options", { signal })),
    staleTime: 5 * 60_000,
  });
}

const membershipsKey = (id: string) => [...keys.companies, "of-contact", id] as const;

/** The companies that a contact belongs to, the primary one first. */
export function useContactCompanies(id: string) {
  return useQuery({
    queryKey: membershipsKey(id),
    queryFn: async ({ signal }) =>
      (await take(v2.GET("/contacts/{id}/companies", { params: { path: { id } }, signal }))).data,
  });
}

async function readAnew(client: QueryClient, id: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: membershipsKey(id) }),
    client.invalidateQueries({ queryKey: keys.contact(id) }),
  ]);
}

/** Adds a contact to companies and takes it out of them. */
export function useMemberships(id: string) {
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: (company: Company) =>
      takeAll(
        v2.POST("/contacts/{id}/companies", {
          params: { path: { id } },
          body: { company_id: company.id },
        }),
      ),
    onSuccess: (answer, company) => {
      rememberUndo(answer.undoToken, `Added to ${company.name}`);
      return readAnew(client, id);
    },
  });
  const remove = useMutation({
    mutationFn: (company: Company) =>
      takeAll(
        v2.DELETE("/contacts/{id}/companies/{company_id}", {
          params: { path: { id, company_id: company.id } },
        }),
      ),
    onSuccess: (answer, company) => {
      rememberUndo(answer.undoToken, `Removed from ${company.name}`);
      return readAnew(client, id);
    },
  });
  return { add, remove };
}

/** Who belongs to a company, the newest first. */
export function useCompanyContacts(id: string) {
  return useQuery({
    queryKey: [...keys.contacts, "of-company", id],
    queryFn: ({ signal }) =>
      take(v2.GET("/contacts", { params: { query: { company_id: id, limit: 100 } }, signal })),
  });
}
