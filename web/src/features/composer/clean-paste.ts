const DROPPED =
  "script, style, meta, link, title, xml, template, iframe, object, embed, form, input, button, select, textarea, svg, img[src^='http'], img[src^='file'], img[src^='cid']";

/**
 * HTML of a clipboard, from Word, a mail program or a page, made into what the editor knows:
 * paragraphs, lists, quotes, code, links, bold and italic. What it does not know keeps its words.
 */
export function cleanPaste(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  const { body } = page;
  for (const element of body.querySelectorAll(DROPPED)) element.remove();
  removeComments(body);
  makeLists(page);
  for (const element of [...body.querySelectorAll("*")]) {
    if (element.tagName.includes(":")) element.replaceWith(...element.childNodes);
  }
  for (const heading of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const bold = page.createElement("strong");
    bold.append(...heading.childNodes);
    const part = page.createElement("p");
    part.append(bold);
    heading.replaceWith(part);
  }
  for (const row of body.querySelectorAll("tr")) {
    const part = page.createElement("p");
    part.textContent = [...row.cells].map((cell) => said(cell)).join(" | ");
    row.replaceWith(part);
  }
  for (const table of body.querySelectorAll("table")) {
    table.replaceWith(...table.querySelectorAll("p"));
  }
  for (const element of body.querySelectorAll("*")) clean(element);
  return body.innerHTML;
}

const said = (element: Element): string => element.textContent.replace(/\s+/g, " ").trim();

function removeComments(body: HTMLElement): void {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments: Comment[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode as Comment);
  for (const comment of comments) comment.remove();
}

/** Word writes items of lists as paragraphs, with their mark as text. */
function makeLists(page: Document): void {
  let list: HTMLElement | null = null;
  let last: Element | null = null;
  for (const item of page.querySelectorAll("p[style*='mso-list'], p.MsoListParagraph")) {
    const mark = item.querySelector("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']");
    const sign = mark ? said(mark) : (/^\s*([·•o§-]|\d+[.)])\s+/.exec(item.textContent)?.[1] ?? "");
    const tag = /^(\d+|[a-z])[.)]/i.test(sign) ? "ol" : "ul";
    mark?.remove();
    const made = page.createElement("li");
    made.append(...item.childNodes);
    if (
      list === null ||
      item.previousElementSibling !== last ||
      list.tagName.toLowerCase() !== tag
    ) {
      list = page.createElement(tag);
      item.before(list);
    }
    item.remove();
    list.append(made);
    last = list;
  }
}

function clean(element: Element): void {
  const style = element.getAttribute("style") ?? "";
  // Google's documents wrap all in a b that is not bold; bold there is a weight.
  const isLight = element.tagName === "B" && /font-weight:\s*normal/i.test(style);
  const isBold = element.tagName === "SPAN" && /font-weight:\s*(bold|[6-9]00)/i.test(style);
  const isItalic = element.tagName === "SPAN" && /font-style:\s*italic/i.test(style);
  for (const { name } of [...element.attributes]) {
    if (!(element.tagName === "A" && name === "href")) element.removeAttribute(name);
  }
  if (isLight) return element.replaceWith(...element.childNodes);
  if (isBold || isItalic) {
    const mark = element.ownerDocument.createElement(isBold ? "strong" : "em");
    mark.append(...element.childNodes);
    element.append(mark);
  }
  if (
    element.tagName === "A" &&
    !/^(https?|mailto|tel):/i.test(element.getAttribute("href") ?? "")
  ) {
    element.replaceWith(...element.childNodes);
  }
}

/** The files that are pasted; none where words are, since Word puts a picture of them beside them. */
export function pastedFiles(data: DataTransfer | null): File[] {
  const hasWords = /\S/.test(data?.getData("text/plain") ?? "");
  return hasWords ? [] : [...(data?.files ?? [])];
}
