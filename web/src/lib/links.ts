/** The address in a text, where opening it can do nothing but open a page; else null. */
export function safeLink(text: string): string | null {
  if (!/^https?:\/\//i.test(text.trim())) return null;
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return null;
  }
  // A name before the @ is shown as if it were the host.
  if (url.username !== "" || url.password !== "") return null;
  return url.href;
}
