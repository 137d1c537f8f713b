/** The words of HTML in one line. Nothing in it is loaded or run by reading it so. */
export function textOf(html: string): string {
  const { body } = new DOMParser().parseFromString(
    html.slice(0, 4_000).replace(/<(?:br|\/p|\/div|\/li|\/td)[^>]*>/gi, " $&"),
    "text/html",
  );
  return (body.textContent || "").replace(/\s+/g, " ").trim();
}
