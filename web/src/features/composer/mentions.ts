import { useTeam } from "@/api/lookups";
import type { Suggestion } from "./Editor";
import { escapeHtml, textOf } from "./html";
import { findByWords } from "./snippets";

const calledBy = (member: { name: string | null; email: string }): string =>
  member.name ?? member.email;

/** Who can be mentioned, as one types, and who is. */
export function useMentions() {
  const team = useTeam().data ?? [];
  return {
    find: (query: string): Suggestion[] =>
      findByWords(team, query, (one) => `${one.name ?? ""} ${one.email}`.trim())
        .slice(0, 8)
        .map((one) => ({
          id: one.id,
          label: calledBy(one),
          ...(one.name !== null && { detail: one.email }),
          html: `@${escapeHtml(calledBy(one))} `,
        })),
    /** A name that several have mentions nobody by itself; who was picked from the list is meant. */
    idsIn: (html: string): string[] => {
      const said = textOf(html).toLowerCase();
      return team
        .filter((one) => said.includes(`@${calledBy(one).toLowerCase()}`))
        .map((one) => one.id);
    },
  };
}
