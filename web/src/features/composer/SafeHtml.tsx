import { type ReactNode, createElement, useMemo } from "react";
import styles from "./SafeHtml.module.css";

const KEPT: Readonly<Record<string, string>> = {
  P: "p",
  DIV: "p",
  BR: "br",
  B: "strong",
  STRONG: "strong",
  I: "em",
  EM: "em",
  U: "u",
  CODE: "code",
  PRE: "pre",
  UL: "ul",
  OL: "ol",
  LI: "li",
  BLOCKQUOTE: "blockquote",
  H1: "h4",
  H2: "h4",
  H3: "h4",
};
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "IMG"]);

function build(node: Node, key: number): ReactNode {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
  if (!(node instanceof HTMLElement) || DROPPED.has(node.tagName)) return null;
  const children = [...node.childNodes].map(build);
  if (node.tagName === "A") {
    const href = node.getAttribute("href") ?? "";
    return /^(https?|mailto):/i.test(href) ? (
      <a key={key} href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </a>
    ) : (
      <span key={key}>{children}</span>
    );
  }
  const tag = KEPT[node.tagName];
  if (tag === "br") return <br key={key} />;
  return createElement(tag ?? "span", { key }, ...children);
}

/** HTML to be read, made of elements of ours: none of its own reaches the page. */
export function SafeHtml({ html }: { html: string }) {
  const children = useMemo(
    () => [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map(build),
    [html],
  );
  return (
    <div className={styles.html} dir="auto">
      {children}
    </div>
  );
}
