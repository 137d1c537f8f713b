import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { app, take, v2 } from "./client";
import { keys } from "./keys";
import type { components } from "./schema";
import { useSession } from "./session";
import type { Company, Contact, Issue, Project, Tag, TagGroup, TeamMember } from "./types";

// What pickers choose from. Small sets are loaded whole and searched here; large ones are searched
// by the server, and what it found for the same words is kept for a while.
const FOUND = 20;
const KEPT_MS = 30_000;

type TeamPage = components["schemas"]["TeamMemberPage"];

interface Page<T> {
  data: T[];
  page: { cursor: string | null; has_more: boolean };
}

/** All pages of a list that is known to be small. */
async function all<T>(load: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await load(cursor === null ? {} : { cursor });
    found.push(...page.data);
    cursor = page.page.has_more ? page.page.cursor : null;
  } while (cursor !== null);
  return found;
}

export const tagsQuery = queryOptions({
  queryKey: keys.tags,
  queryFn: ({ signal }): Promise<Tag[]> =>
    all((cursor) =>
      take(v2.GET("/tags", { params: { query: { limit: 200, ...cursor } }, signal })),
    ),
  staleTime: 5 * 60_000,
});

/** Every tag of the workspace. */
export const useTags = (enabled = true) => useQuery({ ...tagsQuery, enabled });

export const tagGroupsQuery = queryOptions({
  queryKey: keys.tagGroups,
  queryFn: ({ signal }): Promise<TagGroup[]> =>
    all((cursor) =>
      take(v2.GET("/tags/groups", { params: { query: { limit: 200, ...cursor } }, signal })),
    ),
  staleTime: 5 * 60_000,
});

export const useTagGroups = (enabled = true) => useQuery({ ...tagGroupsQuery, enabled });

/** Everybody of the team, with what every member may know of them. */
export const teamQuery = queryOptions({
  queryKey: keys.team,
  queryFn: ({ signal }): Promise<TeamMember[]> =>
    app<TeamPage>("GET", "/team", undefined, signal).then((page) => page.data),
  staleTime: 5 * 60_000,
});

export const useTeam = (enabled = true) => useQuery({ ...teamQuery, enabled });

/** Whether who is signed in may change anything: a VIEWER only reads. */
export function useCanWrite(): boolean {
  return useSession().member.role !== "VIEWER";
}

const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

const named = (text: string) => (text === "" ? {} : { name_contains: text });

function kept<T>(
  client: QueryClient,
  key: readonly unknown[],
  queryFn: (options: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  return client.query({ queryKey: key, queryFn, staleTime: KEPT_MS });
}

export function searchContacts(client: QueryClient, words: string): Promise<Contact[]> {
  const text = words.trim().slice(0, 254);
  return kept(client, [...keys.contacts, "search", text], async ({ signal }) => {
    const query = { limit: FOUND, ...(isAddress(text) ? { email: text } : named(text)) };
    return (await take(v2.GET("/contacts", { params: { query }, signal }))).data;
  });
}

export function searchCompanies(client: QueryClient, words: string): Promise<Company[]> {
  const text = words.trim().slice(0, 255);
  return kept(client, [...keys.companies, "search", text], async ({ signal }) => {
    const query = { limit: FOUND, ...named(text) };
    return (await take(v2.GET("/companies", { params: { query }, signal }))).data;
  });
}

export function searchProjects(client: QueryClient, words: string): Promise<Project[]> {
  const text = words.trim().slice(0, 255);
  return kept(client, [...keys.projects, "search", text], async ({ signal }) => {
    const query = { limit: FOUND, sort: "total_score" as const, ...named(text) };
    return (await take(v2.GET("/projects", { params: { query }, signal }))).data;
  });
}

export function searchIssues(client: QueryClient, words: string): Promise<Issue[]> {
  const text = words.trim().slice(0, 255);
  return kept(client, [...keys.issues, "search", text], async ({ signal }) => {
    const query = { limit: FOUND, sort: "total_score" as const, ...named(text) };
    return (await take(v2.GET("/issues", { params: { query }, signal }))).data;
  });
}

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.projects, id],
    queryFn: ({ signal }): Promise<Project> =>
      take(v2.GET("/projects/{id}", { params: { path: { id } }, signal })),
  });

export const issueQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.issues, id],
    queryFn: ({ signal }): Promise<Issue> =>
      take(v2.GET("/issues/{id}", { params: { path: { id } }, signal })),
  });
