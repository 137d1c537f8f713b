const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI OL P PRE SECTION TABLE TR UL".split(
    " ",
  ),
);

const parse = (html: string): HTMLElement =>
  new DOMParser().parseFromString(html, "text/html").body;

/** What HTML says, a line to a block. It is parsed, never put on the page. */
export function textOf(html: string): string {
  if (html === "") return "";
  let text = "";
  const visit = (node: Node): void => {
    if (node.nodeType === Node.TEXT_NODE) {
      text += (node.nodeValue ?? "").replace(/\s+/g, " ");
    } else if (node instanceof HTMLElement || node.nodeName !== "#comment") {
      if (node.nodeName === "BR") text += "\n";
      else if (!["SCRIPT", "STYLE", "TEMPLATE"].includes(node.nodeName)) {
        const isBlock = BLOCKS.has(node.nodeName);
        if (isBlock && text !== "" && !text.endsWith("\n")) text += "\n";
        if (node.nodeName === "LI") text += "• ";
        node.childNodes.forEach(visit);
        if (isBlock && !text.endsWith("\n")) text += "\n";
      }
    }
  };
  visit(parse(html));
  return text
    .replace(/[^\S\n]*\n[^\S\n]*/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Whether nobody would see anything of it. A picture is something. */
export function isBlank(html: string): boolean {
  if (html === "") return true;
  if (/<(img|hr)\b/i.test(html)) return false;
  return textOf(html).replace(/[\s\u200b\u2060\ufeff•]/g, "") === "";
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Plain text as paragraphs: what the field of plain text writes. */
export function htmlOfText(text: string): string {
  if (text.trim() === "") return "";
  return text
    .replace(/\r\n?/g, "\n")
    .split(/\n{2,}/)
    .map((part) => `<p>${escape(part).replace(/\n/g, "<br>")}</p>`)
    .join("");
}

export { escape as escapeHtml };

/** What leaves the editor, made small: what only the editor needs is taken out. */
export function tidy(html: string): string {
  const body = parse(html);
  for (const item of body.querySelectorAll("li")) {
    const [only] = item.children;
    if (item.children.length === 1 && only?.tagName === "P") only.replaceWith(...only.childNodes);
  }
  for (const list of body.querySelectorAll("ol[start='1']")) list.removeAttribute("start");
  for (const list of body.querySelectorAll("ol[type], ul[type]")) list.removeAttribute("type");
  for (const code of body.querySelectorAll("pre > code[class]")) code.removeAttribute("class");
  for (const part of body.querySelectorAll("p:empty")) part.append(document.createElement("br"));
  let last = body.lastElementChild;
  while (last?.tagName === "P" && isBlank(last.outerHTML)) {
    last.remove();
    last = body.lastElementChild;
  }
  return body.innerHTML;
}

/** The text without one of its pictures. */
export function withoutPicture(html: string, cid: string): string {
  const body = parse(html);
  for (const picture of body.querySelectorAll("img")) {
    if (picture.getAttribute("src") === `cid:${cid}`) picture.remove();
  }
  return body.innerHTML;
}
