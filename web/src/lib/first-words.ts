const FIRST_WORDS = 160;

const ENTITIES: Readonly<Record<string, string>> = {
  "&nbsp;": " ",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&amp;": "&",
};

/** The first words of clean HTML, on one line; the dots of what is cut off come on top of `most`. */
export function firstWords(html: string, most = FIRST_WORDS): string {
  const text = html
    .slice(0, FIRST_WORDS * 8)
    .replace(/<[^>]*>?/g, " ")
    .replace(/&(nbsp|lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, " ")
    .trim();
  return text.length > most ? `${text.slice(0, most).trimEnd()}…` : text;
}
