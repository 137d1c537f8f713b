export const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.closest("input, textarea, select, [contenteditable='true'], [role='textbox']") !== null);

// A field that has not come by then will not, and the keys mean again what they always do.
const WAITS_MS = 10_000;

/**
 * What is typed between the key that opens a field and the field: it is the field's text, though it
 * comes while the field is still on its way. Without it each letter would be a key of its own.
 */
export class TypeAhead {
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  begin(): void {
    this.end();
    document.addEventListener("keydown", this.#onKeyDown, true);
    document.addEventListener("focusin", this.#onFocus);
    document.addEventListener("pointerdown", this.#onPress, true);
    this.#timer = setTimeout(() => this.end(), WAITS_MS);
  }

  end(): void {
    this.#text = "";
    clearTimeout(this.#timer);
    document.removeEventListener("keydown", this.#onKeyDown, true);
    document.removeEventListener("focusin", this.#onFocus);
    document.removeEventListener("pointerdown", this.#onPress, true);
  }

  #onPress = (): void => this.end();

  #onKeyDown = (event: KeyboardEvent): void => {
    if (isField(event.target)) return this.end();
    if (event.key === "Escape" || event.key === "Tab") return this.end();
    const isOther = (event.ctrlKey || event.metaKey || event.altKey) && !isOfAltGraph(event);
    if (event.key === "Enter" && !isOther) this.#text += "\n";
    else if (event.key === "Backspace") this.#text = this.#text.slice(0, -1);
    else if (event.key.length === 1 && !isOther) this.#text += event.key;
    // What is neither, such as a tab that is closed, is as ever; but nothing of ours may answer it.
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  };

  #onFocus = (event: FocusEvent): void => {
    if (!isField(event.target)) return;
    const text = this.#text;
    this.end();
    // The editor that takes the focus is not done with that yet.
    if (text !== "") queueMicrotask(() => insert(text));
  };
}

const isOfAltGraph = (event: KeyboardEvent): boolean => event.getModifierState("AltGraph");

/** As if it was typed: the field hears of it as of any letter. */
function insert(text: string): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else is heard by any field
  document.execCommand("insertText", false, text);
}
