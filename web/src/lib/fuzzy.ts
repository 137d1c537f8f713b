const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function wordScore(word: string, text: string): number | null {
  const at = text.indexOf(word);
  if (at === 0) return 100;
  if (at > 0) return /[\p{L}\p{N}]/u.test(text.charAt(at - 1)) ? 60 : 90;
  // The letters in their order, with anything between: "ndrs" finds "needs response".
  let from = 0;
  let gaps = 0;
  for (const letter of word) {
    const found = text.indexOf(letter, from);
    if (found < 0) return null;
    if (from > 0) gaps += found - from;
    from = found + 1;
  }
  // One or two letters are in nearly everything, and far apart they mean nothing.
  return word.length < 3 || gaps > word.length * 3 ? null : Math.max(5, 40 - gaps);
}

/**
 * How well words name a text: each of them must be found, in any order, whole or by its letters.
 * Null where they do not name it; more is better, and 0 stands for no words at all.
 */
export function fuzzyScore(words: string, text: string): number | null {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 0;
  const searched = plain(text);
  let sum = 0;
  for (const word of wanted) {
    const score = wordScore(word, searched);
    if (score === null) return null;
    sum += score;
  }
  return sum / wanted.length - Math.min(searched.length, 200) / 100;
}

/** Those that the words name, the best first; without words all, in their order. */
export function fuzzyFind<T>(
  words: string,
  items: readonly T[],
  textOf: (item: T) => string,
  limit = Infinity,
): T[] {
  const found = items.flatMap((item, at) => {
    const score = fuzzyScore(words, textOf(item));
    return score === null ? [] : [{ item, score, at }];
  });
  found.sort((one, other) => other.score - one.score || one.at - other.at);
  return found.slice(0, limit).map(({ item }) => item);
}
