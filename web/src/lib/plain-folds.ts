import { type PlainNode, textOf } from "./plain-html";

interface Folded {
  /** What was written now. */
  said: PlainNode[];
  signature: PlainNode[];
  quoted: PlainNode[];
}

const isBlank = (node: PlainNode): boolean => textOf(node).trim() === "";

// "On Monday Ada wrote:", as mail programs say it above what they quote.
const ATTRIBUTION =
  /(wrote|writes|schrieb.*|a écrit|escribió|escreveu|ha scritto|schreef.*|skrev.*)\s*:\s*$/i;
const SEPARATOR = /^(-{2}|—|_{2,})\s*$/;

const isQuote = (node: PlainNode): boolean =>
  node.tag === "blockquote" ||
  (node.tag !== null &&
    textOf(node)
      .trim()
      .split("\n")
      .every((line) => line.trim() === "" || line.startsWith(">")) &&
    textOf(node).trim() !== "");

/** A `--` on a line of its own, where a signature begins; the place in the node, or -1. */
function separatorIn(node: PlainNode): number {
  if (SEPARATOR.test(textOf(node).trim())) return 0;
  return node.children.findIndex(
    (child, at) =>
      child.tag === null &&
      SEPARATOR.test(child.text.trim()) &&
      node.children[at + 1]?.tag === "br" &&
      (at === 0 || node.children[at - 1]?.tag === "br"),
  );
}

function cutSignature(nodes: readonly PlainNode[]): [PlainNode[], PlainNode[]] {
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    if (!node) continue;
    const place = separatorIn(node);
    if (place < 0) continue;
    const before = nodes.slice(0, at);
    if (place > 0) before.push({ ...node, children: node.children.slice(0, place) });
    const rest = place > 0 ? { ...node, children: node.children.slice(place) } : node;
    return [before, [rest, ...nodes.slice(at + 1)]];
  }
  return [[...nodes], []];
}

/** Parts what is new in a message from what it repeats at its end, and from its signature. */
export function foldPlain(nodes: readonly PlainNode[]): Folded {
  // Many mails are one div; what is folded is within it.
  const [only] = nodes.filter((node) => !isBlank(node));
  const meant = nodes.filter((node) => !isBlank(node));
  if (meant.length === 1 && only?.tag === "div") {
    const inner = foldPlain(only.children);
    if (inner.quoted.length > 0 || inner.signature.length > 0) return inner;
  }
  let end = nodes.length;
  let start = end;
  while (start > 0) {
    const node = nodes[start - 1];
    if (!node || !(isQuote(node) || isBlank(node))) break;
    start--;
  }
  if (!nodes.slice(start, end).some(isQuote)) start = end;
  const above = nodes[start - 1];
  if (start < end && above && ATTRIBUTION.test(textOf(above))) start--;
  const [said, signature] = cutSignature(nodes.slice(0, start));
  // Nothing but a quote, or nothing but a signature, is what was said.
  if (said.every(isBlank)) return { said: [...nodes], signature: [], quoted: [] };
  end = nodes.length;
  return { said, signature, quoted: nodes.slice(start, end) };
}
