export type Role = "ADMIN" | "USER" | "VIEWER";

/** What each role is called, and what it may. */
export const ROLE_WORDS: Readonly<Record<Role, { name: string; article: string; may: string }>> = {
  ADMIN: { name: "admin", article: "an", may: "everything, with members and keys" },
  USER: { name: "user", article: "a", may: "reading and answering, and all of the daily work" },
  VIEWER: { name: "viewer", article: "a", may: "reading everything, and changing nothing" },
};

export const ROLES = Object.keys(ROLE_WORDS) as Role[];

export function roleName(role: Role): string {
  const { name } = ROLE_WORDS[role];
  return name.charAt(0).toUpperCase() + name.slice(1);
}
