import { type ReactNode, createElement } from "react";
import { safeHref } from "./links";

// The only way by which HTML of others becomes a part of this page: it is parsed into a document
// that runs nothing, and of that document only text and the elements named here are made anew, as
// React elements without any attribute but a checked link. Nothing is copied over.

const SHOWN = new Set([
  "a",
  "abbr",
  "b",
  "blockquote",
  "br",
  "cite",
  "code",
  "dd",
  "del",
  "div",
  "dl",
  "dt",
  "em",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "hr",
  "i",
  "ins",
  "kbd",
  "li",
  "mark",
  "ol",
  "p",
  "pre",
  "q",
  "s",
  "samp",
  "small",
  "span",
  "strike",
  "strong",
  "sub",
  "sup",
  "tt",
  "u",
  "ul",
  "var",
]);
// What these hold is not text for people.
const DROPPED = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "iframe",
  "object",
  "embed",
  "svg",
  "math",
  "title",
  "head",
  "textarea",
  "select",
  "button",
  "form",
  "input",
  "video",
  "audio",
  "canvas",
  "xmp",
  "noembed",
  "noframes",
  "plaintext",
]);
// Headings of others must not stand among those of the page.
const RENAMED: Readonly<Record<string, string>> = { strike: "s", tt: "code" };
const HEADING = /^h[1-6]$/;
const VOID = new Set(["br", "hr"]);
const HARMLESS_ATTRIBUTES = new Set([
  "href",
  "dir",
  "lang",
  "title",
  "start",
  "type",
  "target",
  "rel",
]);
const MAX_LENGTH = 20_000;
const MAX_DEPTH = 40;

export interface PlainNode {
  tag: string | null;
  text: string;
  href: string | null;
  children: PlainNode[];
}

const textNode = (text: string): PlainNode => ({ tag: null, text, href: null, children: [] });

function nodesOf(parent: Node, depth: number): PlainNode[] {
  const nodes: PlainNode[] = [];
  for (const child of parent.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) nodes.push(textNode(child.nodeValue ?? ""));
    if (!(child instanceof Element)) continue;
    const tag = child.localName.toLowerCase();
    const isHtml = child.namespaceURI === "http://www.w3.org/1999/xhtml";
    if (!isHtml || DROPPED.has(tag)) continue;
    if (depth > MAX_DEPTH) nodes.push(textNode(child.textContent));
    else if (!SHOWN.has(tag)) nodes.push(...nodesOf(child, depth + 1));
    else {
      const href = tag === "a" ? safeHref(child.getAttribute("href")) : null;
      nodes.push({ tag, text: "", href, children: nodesOf(child, depth + 1) });
    }
  }
  return nodes;
}

// Styles are never read, and the policy of the page would complain of each.
const parse = (html: string): HTMLElement =>
  new DOMParser().parseFromString(
    html.replaceAll(/<[^<>]*>/g, (tag) => tag.replaceAll(/\sstyle\s*=/gi, " data-style=")),
    "text/html",
  ).body;

/** All that HTML says, without how it looks: for what the team writes among itself. */
export function readLeniently(html: string): PlainNode[] {
  return nodesOf(parse(html), 0);
}

/**
 * HTML that is shown as it was meant without a frame, as it has no looks of its own: no styles, no
 * tables, no pictures. Null for all other, which goes into the frame.
 */
export function readPlain(html: string): PlainNode[] | null {
  if (html.length > MAX_LENGTH) return null;
  const body = parse(html);
  for (const element of body.querySelectorAll("*")) {
    const tag = element.localName.toLowerCase();
    if (!SHOWN.has(tag)) return null;
    if (element.getAttributeNames().some((name) => !HARMLESS_ATTRIBUTES.has(name))) return null;
  }
  return nodesOf(body, 0);
}

export const textOf = (node: PlainNode): string =>
  node.tag === "br" ? "\n" : node.text + node.children.map(textOf).join("");

/** Shows nodes; `showText` may mark words within a text. */
export function showNodes(
  nodes: readonly PlainNode[],
  showText: (text: string) => ReactNode = (text) => text,
): ReactNode[] {
  return nodes.map((node, at) => {
    if (node.tag === null) return createElement("span", { key: at }, showText(node.text));
    if (VOID.has(node.tag)) return createElement(node.tag, { key: at });
    const children = showNodes(node.children, showText);
    if (node.tag === "a") {
      return node.href === null ? (
        <span key={at}>{children}</span>
      ) : (
        <a key={at} href={node.href} target="_blank" rel="noreferrer noopener">
          {children}
        </a>
      );
    }
    const tag = HEADING.test(node.tag) ? "p" : (RENAMED[node.tag] ?? node.tag);
    const isBlock = /^(p|div|li|blockquote|pre|ul|ol|dd|dt)$/.test(tag);
    const inner = HEADING.test(node.tag) ? [<strong key="heading">{children}</strong>] : children;
    return createElement(tag, { key: at, ...(isBlock && { dir: "auto" }) }, ...inner);
  });
}
