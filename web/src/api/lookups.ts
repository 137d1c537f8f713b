import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { allPages } from "./all-pages";
import { appApi, take, v2 } from "./client";
import { keys } from "./keys";
import { useSession } from "./session";
import type { Company, Contact, Issue, Project, Tag, TagGroup, TeamMember } from "./types";

// What pickers choose from. Small sets are loaded whole and searched here; large ones are searched
// by the server, and what it found for the same words is kept for a while.
const FOUND = 20;
const KEPT_MS = 30_000;

export const tagsQuery = queryOptions({
  queryKey: keys.tags,
  queryFn: ({ signal }): Promise<Tag[]> =>
    allPages((query) => take(v2.GET("/tags", { params: { query }, signal }))),
  staleTime: 5 * 60_000,
});

/** Every tag of the workspace. */
export const useTags = (enabled = true) => useQuery({ ...tagsQuery, enabled });

export const tagGroupsQuery = queryOptions({
  queryKey: keys.tagGroups,
  queryFn: ({ signal }): Promise<TagGroup[]> =>
    allPages((query) => take(v2.GET("/tags/groups", { params: { query }, signal }))),
  staleTime: 5 * 60_000,
});

export const useTagGroups = (enabled = true) => useQuery({ ...tagGroupsQuery, enabled });

/** Everybody of the team, with what every member may know of them. */
export const useTeam = (enabled = true) =>
  useQuery({
    queryKey: keys.team,
    queryFn: async ({ signal }): Promise<TeamMember[]> =>
      (await take(appApi.GET("/team", { signal }))).data,
    staleTime: 5 * 60_000,
    enabled,
  });

/** Whether who is signed in may change anything: a VIEWER only reads. */
export function useCanWrite(): boolean {
  return useSession().member.role !== "VIEWER";
}

/** Whether a text is a whole address, as far as that can be told without asking. */
export const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

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
