/** The words of HTML, on one line. Nothing of it is loaded or run. */
export function textOfHtml(html: string): string {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const block of parsed.querySelectorAll("p, div, li, br, h1, h2, h3")) block.append(" ");
  return parsed.body.textContent.replace(/\s+/g, " ").trim();
}
