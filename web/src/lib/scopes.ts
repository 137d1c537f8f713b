/** What a key can be allowed, in the order in which it is offered. */
export const SCOPES = [
  "threads:read",
  "threads:write",
  "messages:write",
  "comments:write",
  "contacts:read",
  "contacts:write",
  "companies:read",
  "companies:write",
  "tags:read",
  "tags:write",
  "snippets:read",
  "snippets:write",
  "projects:read",
  "projects:write",
  "issues:read",
  "issues:write",
  "docs:read",
  "docs:write",
  "changelogs:read",
  "changelogs:write",
  "portal:read",
  "files:write",
  "admin",
] as const;

export type Scope = (typeof SCOPES)[number];

export const SCOPE_PRESETS: readonly { label: string; scopes: readonly Scope[] }[] = [
  { label: "Reading all", scopes: SCOPES.filter((scope) => scope.endsWith(":read")) },
  { label: "All but admin", scopes: SCOPES.filter((scope) => scope !== "admin") },
  { label: "None", scopes: [] },
];
