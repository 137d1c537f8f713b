import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { searchCompanies, searchContacts } from "@/api/lookups";
import type { Company, Contact } from "@/api/types";

const AFTER_MS = 150;

/** The words, once nothing was typed for a moment. */
function usePaused(words: string): string {
  const [paused, setPaused] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(words), AFTER_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return paused;
}

export interface People {
  contacts: readonly Contact[];
  companies: readonly Company[];
  isLoading: boolean;
  hasFailed: boolean;
}

/** Contacts and companies by name, from the server, while words are there. */
export function usePeople(words: string): People {
  const client = useQueryClient();
  const paused = usePaused(words.trim());
  const enabled = paused.length >= 2;
  const contacts = useQuery({
    queryKey: ["palette", "contacts", paused],
    queryFn: () => searchContacts(client, paused),
    enabled,
  });
  const companies = useQuery({
    queryKey: ["palette", "companies", paused],
    queryFn: () => searchCompanies(client, paused),
    enabled,
  });
  return {
    contacts: contacts.data ?? [],
    companies: companies.data ?? [],
    isLoading: enabled && (contacts.isLoading || companies.isLoading),
    hasFailed: contacts.isError || companies.isError,
  };
}
