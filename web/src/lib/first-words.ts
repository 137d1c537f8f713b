const FIRST_WORDS = 160;

const ENTITIES: Readonly<Record<string, string>> = {
  "&nbsp;": " ",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&amp;": "&",
};

/** The first words of clean HTML, on one line. */
export function firstWords(html: string): string {
  return html
    .slice(0, FIRST_WORDS * 8)
    .replace(/<[^>]*>?/g, " ")
    .replace(/&(nbsp|lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, FIRST_WORDS);
}
