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

const SCHEMES = ["https:", "http:", "mailto:", "tel:"];

/** An address that a link of somebody's text may lead to; null for any other. */
export function safeHref(href: string | null): string | null {
  if (href === null) return null;
  try {
    // Without a base: what is relative would lead into this page.
    const url = new URL(href.trim());
    return SCHEMES.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** What somebody typed as an address of the web, of a mail or a phone; null for anything else. */
export function typedLink(text: string): string | null {
  const typed = text.trim();
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(typed)) return `mailto:${typed}`;
  if (/^(mailto|tel):\S+$/i.test(typed)) return typed;
  const address = /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
  const href = safeHref(address);
  return href !== null && /^https?:\/\/[^/?#]*\./i.test(href) ? address : null;
}
