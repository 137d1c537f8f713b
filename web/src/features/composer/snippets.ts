import { escapeHtml, textOf } from "./html";

export interface Snippet {
  id: string;
  title: string;
  html: string;
}

/** What placeholders of snippets may name, as far as it is known. */
interface Values {
  first_name: string | null;
  name: string | null;
  email: string | null;
  company: string | null;
  my_name: string | null;
  my_first_name: string | null;
}

const PLACEHOLDER = /\{\{\s*([a-z_.]{1,40})\s*\}\}/gi;
// What other programs call the same.
const ALIASES: Readonly<Record<string, keyof Values>> = {
  firstname: "first_name",
  "contact.first_name": "first_name",
  "contact.name": "name",
  "contact.email": "email",
  company_name: "company",
  "company.name": "company",
  agent_name: "my_name",
  "agent.name": "my_name",
  "agent.first_name": "my_first_name",
};

const firstOf = (name: string | null | undefined): string | null =>
  name?.trim().split(/\s+/)[0] ?? null;

export function valuesOf(
  contact: { name: string | null; email: string } | null,
  company: { name: string } | null,
  me: { name: string | null },
): Values {
  return {
    first_name: firstOf(contact?.name),
    name: contact?.name ?? null,
    email: contact?.email ?? null,
    company: company?.name ?? null,
    my_name: me.name,
    my_first_name: firstOf(me.name),
  };
}

/** Fills in what is known. The rest stays as it is, to be seen and filled by hand. */
export function fillIn(html: string, values: Values): string {
  return html.replace(PLACEHOLDER, (whole, word: string) => {
    const name = word.toLowerCase();
    const value = values[ALIASES[name] ?? (name as keyof Values)] as string | null | undefined;
    return value ? escapeHtml(value) : whole;
  });
}

/** The placeholders that are still in a text. */
export function unfilled(html: string): string[] {
  return [...new Set(textOf(html).match(PLACEHOLDER) ?? [])];
}

const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** What matches, best first: by the beginning of the title, then of a word, then anywhere. */
export function findByWords<T>(things: readonly T[], query: string, said: (thing: T) => string) {
  const words = plain(query).trim().split(/\s+/).filter(Boolean);
  const ranked = things.flatMap((thing, at) => {
    const text = plain(said(thing));
    if (!words.every((word) => text.includes(word))) return [];
    const [first = ""] = words;
    const rank = text.startsWith(first) ? 0 : text.includes(` ${first}`) ? 1 : 2;
    return [{ thing, rank, at }];
  });
  return ranked
    .sort((one, other) => one.rank - other.rank || one.at - other.at)
    .map(({ thing }) => thing);
}
