/** Text with the names of who is mentioned in it told apart. */
export function splitMentions(
  text: string,
  names: readonly string[],
): { text: string; isMention: boolean }[] {
  // The longer first, so that "@Ada Lovelace" is not taken for "@Ada".
  const all = [...names]
    .sort((a, b) => b.length - a.length)
    .map((name) => `@${name}`.toLowerCase());
  const lower = text.toLowerCase();
  const parts: { text: string; isMention: boolean }[] = [];
  let from = 0;
  for (let at = lower.indexOf("@"); at >= 0; at = lower.indexOf("@", at + 1)) {
    if (at < from) continue;
    const found = all.find((name) => lower.startsWith(name, at));
    if (found === undefined) continue;
    if (at > from) parts.push({ text: text.slice(from, at), isMention: false });
    parts.push({ text: text.slice(at, at + found.length), isMention: true });
    from = at + found.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMention: false });
  return parts;
}
