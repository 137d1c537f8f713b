/** Where a key means something: everywhere, where a thread is chosen or open, in the composer. */
export type When = "always" | "thread" | "composer";

export interface Shortcut {
  id: string;
  label: string;
  /** Any of these: `mod` is ⌘ on a Mac and Ctrl elsewhere; a space stands between two in turn. */
  keys: readonly string[];
  group: "Move" | "Change" | "Write" | "Go to" | "Screen";
  when: When;
}

/** The one table: the listener, menus, the palette, the help and settings read it. */
export const SHORTCUTS = [
  { id: "next", label: "Next thread", keys: ["j"], group: "Move", when: "always" },
  { id: "previous", label: "Previous thread", keys: ["k"], group: "Move", when: "always" },
  { id: "open", label: "Open thread", keys: ["o", "Enter"], group: "Move", when: "thread" },
  { id: "back", label: "Back to the list", keys: ["u", "Escape"], group: "Move", when: "always" },
  { id: "select", label: "Select thread", keys: ["x"], group: "Move", when: "thread" },
  {
    id: "select-range",
    label: "Select up to here",
    keys: ["shift+x"],
    group: "Move",
    when: "thread",
  },
  {
    id: "select-all",
    label: "Select all of the view",
    keys: ["mod+a"],
    group: "Move",
    when: "always",
  },
  { id: "done", label: "Mark done", keys: ["e"], group: "Change", when: "thread" },
  {
    id: "done-closed",
    label: "Mark done and close the loop",
    keys: ["shift+e"],
    group: "Change",
    when: "thread",
  },
  { id: "reopen", label: "Reopen", keys: ["shift+u"], group: "Change", when: "thread" },
  { id: "snooze", label: "Snooze", keys: ["h"], group: "Change", when: "thread" },
  { id: "assign", label: "Assign", keys: ["a"], group: "Change", when: "thread" },
  { id: "assign-me", label: "Assign to me", keys: ["i"], group: "Change", when: "thread" },
  { id: "tags", label: "Change tags", keys: ["t"], group: "Change", when: "thread" },
  { id: "pain-low", label: "Pain: low", keys: ["1"], group: "Change", when: "thread" },
  { id: "pain-medium", label: "Pain: medium", keys: ["2"], group: "Change", when: "thread" },
  { id: "pain-high", label: "Pain: high", keys: ["3"], group: "Change", when: "thread" },
  { id: "pain-unknown", label: "Pain: unknown", keys: ["0"], group: "Change", when: "thread" },
  {
    id: "project",
    label: "Link a project or an issue",
    keys: ["p"],
    group: "Change",
    when: "thread",
  },
  { id: "toggle-read", label: "Mark read or unread", keys: ["m"], group: "Change", when: "thread" },
  { id: "copy-link", label: "Copy the link", keys: [], group: "Change", when: "thread" },
  { id: "delete", label: "Delete thread", keys: [], group: "Change", when: "thread" },
  { id: "undo", label: "Undo", keys: ["z"], group: "Change", when: "always" },
  { id: "reply", label: "Reply", keys: ["r"], group: "Write", when: "thread" },
  { id: "comment", label: "Comment", keys: ["c"], group: "Write", when: "thread" },
  { id: "use-draft", label: "Use the AI draft", keys: ["d"], group: "Write", when: "thread" },
  { id: "send", label: "Send", keys: ["mod+Enter"], group: "Write", when: "composer" },
  { id: "go-new", label: "Go to new", keys: ["g n"], group: "Go to", when: "always" },
  {
    id: "go-needs-response",
    label: "Go to needs response",
    keys: ["g r"],
    group: "Go to",
    when: "always",
  },
  { id: "go-my", label: "Go to mine", keys: ["g m"], group: "Go to", when: "always" },
  { id: "go-open", label: "Go to open", keys: ["g o"], group: "Go to", when: "always" },
  { id: "go-snoozed", label: "Go to snoozed", keys: ["g s"], group: "Go to", when: "always" },
  { id: "go-done", label: "Go to done", keys: ["g d"], group: "Go to", when: "always" },
  { id: "search", label: "Search", keys: ["/"], group: "Screen", when: "always" },
  {
    id: "toggle-rail",
    label: "Show or hide the views",
    keys: ["["],
    group: "Screen",
    when: "always",
  },
  {
    id: "toggle-side",
    label: "Show or hide the details",
    keys: ["]"],
    group: "Screen",
    when: "always",
  },
  { id: "palette", label: "Find an action", keys: ["mod+k"], group: "Screen", when: "always" },
  { id: "help", label: "Show the keys", keys: ["?"], group: "Screen", when: "always" },
  { id: "settings", label: "Open settings", keys: [], group: "Go to", when: "always" },
  { id: "theme", label: "Change the theme", keys: [], group: "Screen", when: "always" },
  { id: "sign-out", label: "Sign out", keys: [], group: "Screen", when: "always" },
] as const satisfies readonly Shortcut[];

/** Those that open a field, to which the keys belong that are pressed behind theirs. */
export const OPENS_FIELD: ReadonlySet<string> = new Set(["reply", "comment"]);

export type ActionId = (typeof SHORTCUTS)[number]["id"];

export interface Remapped {
  off: boolean;
  keys: Partial<Record<ActionId, string[]>>;
}

/** Reads what this browser keeps of changed keys; what makes no sense counts as unchanged. */
export function readRemapped(stored: string | null): Remapped {
  try {
    const said = JSON.parse(stored ?? "{}") as { off?: unknown; keys?: unknown } | null;
    const keys = Object.entries(said?.keys ?? {}).filter(
      ([, some]) => Array.isArray(some) && some.every((one) => typeof one === "string"),
    );
    return { off: said?.off === true, keys: Object.fromEntries(keys) };
  } catch {
    return { off: false, keys: {} };
  }
}

export function keysOf(id: ActionId, remapped: Remapped): readonly string[] {
  return remapped.keys[id] ?? SHORTCUTS.find((shortcut) => shortcut.id === id)?.keys ?? [];
}

const isMac = (): boolean => /Mac|iP(hone|ad|od)/.test(navigator.userAgent);

/** Whether a sign was made with AltGr, or Option on a Mac, as `[` is on many keyboards. */
function isOfThirdLevel(event: KeyboardEvent): boolean {
  const isByOption = isMac() && event.altKey && !event.ctrlKey && !event.metaKey;
  return /^[!-/:-@[-`{-~]$/.test(event.key) && (isByOption || event.getModifierState("AltGraph"));
}

/** One press as the table writes it: `j`, `shift+e`, `mod+k`, `?`. Null for modifiers alone. */
export function pressOf(event: KeyboardEvent): string | null {
  if (["Shift", "Control", "Alt", "Meta", "Dead", "Process"].includes(event.key)) return null;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- as Safari says that it composes
  if (event.keyCode === 229) return null;
  if (isOfThirdLevel(event)) return event.key;
  const isMod = isMac() ? event.metaKey : event.ctrlKey;
  if (event.altKey || (isMac() ? event.ctrlKey : event.metaKey)) return null;
  // On keyboards of other scripts the place of the key says which letter is meant.
  const place = /^Key([A-Z])$/.exec(event.code)?.[1];
  const isLatin = /^[\x20-\x7e]$/.test(event.key);
  const key = event.key.length === 1 && !isLatin && place ? place : event.key;
  const isNamed = key.length > 1 || /[a-z]/i.test(key);
  const shift = event.shiftKey && isNamed ? "shift+" : "";
  return `${isMod ? "mod+" : ""}${shift}${key.length === 1 ? key.toLowerCase() : key}`;
}

const SIGNS: Record<string, string> = { Enter: "↵", Escape: "Esc", Backspace: "⌫" };

/** For the screen, one part for each key: `mod+k` is ["⌘K"] or ["Ctrl+K"], `g n` is ["G", "N"]. */
export function keyLabels(keys: string): string[] {
  return keys.split(" ").map((press) => {
    const parts = press.split("+").filter((part) => part !== "");
    const last = parts.at(-1) ?? press;
    const sign = SIGNS[last] ?? last.toUpperCase();
    const mod = parts.includes("mod") ? (isMac() ? "⌘" : "Ctrl+") : "";
    const shift = parts.includes("shift") ? (isMac() || mod === "" ? "⇧" : "Shift+") : "";
    return mod + shift + sign;
  });
}
