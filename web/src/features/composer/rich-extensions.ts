import { Extension, Node, mergeAttributes } from "@tiptap/react";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import type { EditorState } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import StarterKit from "@tiptap/starter-kit";

/** A picture within the text, whose bytes are among the files of the mail. */
const Picture = Node.create<{ find: (cid: string) => string | null }>({
  name: "picture",
  group: "inline",
  inline: true,
  draggable: true,
  addOptions: () => ({ find: () => null }),
  addAttributes: () => ({
    cid: {
      parseHTML: (element: HTMLElement) => element.getAttribute("src")?.slice("cid:".length) ?? "",
      renderHTML: (attributes: Record<string, unknown>) => ({
        src: `cid:${String(attributes["cid"])}`,
      }),
    },
    alt: { default: "" },
  }),
  parseHTML: () => [{ tag: "img[src^='cid:']" }],
  renderHTML: ({ HTMLAttributes }) => ["img", mergeAttributes(HTMLAttributes)],
  addNodeView() {
    return ({ node }) => {
      const { cid, alt } = node.attrs as { cid: string; alt: string };
      const dom = document.createElement("img");
      const source = this.options.find(cid);
      if (source !== null) dom.src = source;
      dom.alt = alt === "" ? "Picture" : alt;
      return { dom };
    };
  },
});

/** `;` for snippets or `@` for people, and what was typed behind it. */
export interface Match {
  sign: ";" | "@";
  query: string;
  from: number;
  to: number;
}

const TYPED = /(?:^|[\s(>])([;@])((?:[^\s;@][^;@\n]{0,38})?)$/;

function matchBefore(state: EditorState, signs: string): Match | null {
  const { $from, empty, from } = state.selection;
  if (!empty || $from.parent.type.spec.code) return null;
  const start = Math.max(0, $from.parentOffset - 60);
  const before = $from.parent.textBetween(start, $from.parentOffset, "\n", "\n");
  const [, sign, query = ""] = TYPED.exec(before) ?? [];
  if ((sign !== ";" && sign !== "@") || !signs.includes(sign)) return null;
  return { sign, query, from: from - query.length - 1, to: from };
}

export interface Wiring {
  find: (cid: string) => string | null;
  signs: string;
  onMatch: (match: Match | null, view: EditorView) => void;
  /** True where the list that is open takes the key. */
  onKey: (event: KeyboardEvent) => boolean;
  onSend: () => void;
  onLink: () => void;
}

/** What the editor knows: no headings, no tables, nothing that a mail does not need. */
export function extensionsFor(wiring: Wiring) {
  const Ours = Extension.create({
    name: "composer",
    priority: 1000,
    addKeyboardShortcuts: () => ({
      "Mod-Enter": () => {
        wiring.onSend();
        return true;
      },
      "Mod-Shift-k": () => {
        wiring.onLink();
        return true;
      },
    }),
    addProseMirrorPlugins: () => [
      new Plugin({
        key: new PluginKey("suggest"),
        props: { handleKeyDown: (_view, event) => wiring.onKey(event) },
        view: () => ({
          update: (view) => wiring.onMatch(matchBefore(view.state, wiring.signs), view),
        }),
      }),
    ],
  });
  return [
    StarterKit.configure({
      heading: false,
      horizontalRule: false,
      strike: false,
      underline: false,
      trailingNode: false,
      link: {
        openOnClick: false,
        autolink: true,
        HTMLAttributes: { target: null, rel: null, class: null },
      },
    }),
    Picture.configure({ find: wiring.find }),
    Ours,
  ];
}
