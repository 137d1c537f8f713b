import type { Filters } from "@/lib/search-params";

/** The name under which each thing is in the cache. Keys of one kind share their first part. */
export const keys = {
  session: ["session"] as const,
  counts: ["counts"] as const,
  threads: (view: string, filters: Filters) => ["threads", view, filters] as const,
  allThreads: ["threads"] as const,
  // Apart from the lists, which are kept in another form.
  relatedThreads: ["related-threads"] as const,
  thread: (id: string) => ["thread", id] as const,
  messages: (threadId: string) => ["messages", threadId] as const,
  comments: (threadId: string) => ["comments", threadId] as const,
  threadEvents: (threadId: string) => ["thread-events", threadId] as const,
  unsent: (threadId: string) => ["unsent", threadId] as const,
  unsentThreads: ["unsent-threads"] as const,
  held: ["held"] as const,
  presence: (threadId: string) => ["presence", threadId] as const,
  conflict: (threadId: string) => ["conflict", threadId] as const,
  unsaved: (threadId: string) => ["unsaved", threadId] as const,
  contact: (id: string) => ["contact", id] as const,
  company: (id: string) => ["company", id] as const,
  contacts: ["contacts"] as const,
  companies: ["companies"] as const,
  tags: ["tags"] as const,
  tagGroups: ["tag_groups"] as const,
  views: ["views"] as const,
  // Below members, so that what makes those stale makes it stale too.
  team: ["members", "team"] as const,
  members: ["members"] as const,
  invites: ["invites"] as const,
  apiKeys: ["keys"] as const,
  snippets: ["snippets"] as const,
  snippetFolders: ["snippets", "folders"] as const,
  ownSessions: ["own-sessions"] as const,
  projects: ["projects"] as const,
  issues: ["issues"] as const,
};
