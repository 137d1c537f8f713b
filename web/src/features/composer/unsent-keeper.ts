import { ApiError } from "@/api/errors";
import { timeNow } from "@/lib/clock";
import { type Attached, markGone } from "./attachments";
import { isBlank } from "./html";
import { decideText, isWorthKeeping } from "./unsent-rules";
import {
  EMPTY,
  type KeeperState,
  type LocalCopy,
  type Places,
  type ServerText,
  type Text,
} from "./unsent-text";
import { filesToSend, peopleToSend } from "./wire";

const SAVE_AFTER_MS = 800;
const RETRY_AFTER_MS = 15_000;

/** Keeps what is typed: at once in this browser, after a pause on the server. */
export class UnsentKeeper {
  #state: KeeperState;
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDirty = false;
  #editedAt = 0;
  #lastTried: Text | null = null;
  /** The server's time of what this text builds on; null for none there. */
  #base: string | null = null;
  #savedFiles: readonly Attached[] = [];
  #saving: Promise<void> | null = null;
  #places: Places;

  constructor(places: Places) {
    this.#places = places;
    const local = places.readLocal();
    this.#base = local?.base ?? null;
    this.#isDirty = local?.isDirty === true;
    this.#editedAt = local?.at ?? 0;
    this.#state = {
      text: local?.isDirty ? local.text : EMPTY,
      isLoaded: false,
      saved: local?.isDirty ? "kept" : "none",
      other: null,
      problem: null,
      revision: 0,
      isSwapped: false,
    };
  }

  get = (): KeeperState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(change: Partial<KeeperState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  /** What the server has, on opening and whenever it is read anew. Undefined: it did not answer. */
  arrived(server: ServerText | null | undefined): void {
    if (server === undefined) {
      this.#set({ isLoaded: true });
      return;
    }
    if (this.#saving) return;
    const mine = this.#isDirty
      ? { text: this.#state.text, base: this.#base, isDirty: true, at: this.#editedAt }
      : null;
    const { use, other, base } = decideText(mine, server);
    const isNews = use === "server" && server?.updated_at !== this.#base;
    this.#base = base;
    const before = this.#state.text;
    const isUntouchedDraft = before.draftAt !== null && !before.isEdited;
    if (use === "server" && server !== null && (isNews || before === EMPTY)) {
      if (mine) this.#isDirty = false;
      this.#savedFiles = server.text.files;
      this.#set({
        text: server.text,
        revision: this.#state.revision + 1,
        saved: "saved",
        problem: server.problem,
        other: mine && other ? { text: mine.text, at: new Date(mine.at).toISOString() } : null,
        isLoaded: true,
      });
    } else if (use === "server" && server === null && !isUntouchedDraft && isNews) {
      // Sent or deleted in another tab, and nothing was written here since.
      this.#set({ text: EMPTY, revision: this.#state.revision + 1, saved: "none", isLoaded: true });
    } else {
      const conflict = use === "mine" && other && server ? server : null;
      this.#set({
        isLoaded: true,
        problem: server?.problem ?? null,
        ...(conflict && { other: { text: conflict.text, at: conflict.updated_at } }),
      });
      if (this.#isDirty && !conflict) this.#schedule(SAVE_AFTER_MS);
    }
  }

  /** What somebody typed, or picked. */
  change(change: Partial<Text>): void {
    const text = { ...this.#state.text, ...change };
    this.#isDirty = true;
    this.#editedAt = timeNow();
    const isKept = this.#writeLocal(text);
    this.#set({ text, saved: isKept ? "kept" : "lost", problem: null, isSwapped: false });
    this.#schedule(SAVE_AFTER_MS);
  }

  /** Puts a text in the field that nobody typed: a draft, as long as it is untouched, is not kept. */
  replace(change: Partial<Text>, { isTyped = false, isSwap = false } = {}): void {
    this.#set({ revision: this.#state.revision + 1, isSwapped: isSwap });
    if (isTyped) this.change(change);
    else this.#set({ text: { ...this.#state.text, ...change } });
  }

  /** The field says how it shows the draft that was put in, which is what edits are held against. */
  shown(html: string): void {
    const { text } = this.#state;
    if (text.draftAt === null || text.isEdited || text.draftHtml === html) return;
    this.#set({ text: { ...text, html, draftHtml: html } });
  }

  /** Takes what the other tab wrote, or stays with this. The one that goes is the other then. */
  choose(which: "other" | "this"): void {
    const { other, text } = this.#state;
    if (!other) return;
    if (which === "other") {
      this.#set({ other: null, revision: this.#state.revision + 1 });
      this.change(other.text);
      if (!isBlank(text.html)) {
        this.#set({ other: { text, at: new Date(this.#editedAt).toISOString() } });
      }
    } else this.#set({ other: null });
    this.#schedule(0);
  }

  /** Another tab of this browser wrote. */
  otherTab(copy: LocalCopy | null): void {
    if (!copy?.isDirty) return;
    if (this.#isDirty) {
      if (copy.text.html !== this.#state.text.html) {
        this.#set({ other: { text: copy.text, at: new Date(copy.at).toISOString() } });
      }
      return;
    }
    this.#base = copy.base;
    this.#set({ text: copy.text, revision: this.#state.revision + 1, saved: "kept" });
  }

  /** After sending: nothing of it is to be kept any more, but for what was written since. */
  sent(text: Text): void {
    clearTimeout(this.#timer);
    const now = this.#state.text;
    if (now.html !== text.html || now.files.some((file) => !text.files.includes(file))) {
      this.#base = null;
      this.#savedFiles = [];
      this.change({});
      return;
    }
    this.#isDirty = false;
    this.#base = null;
    this.#savedFiles = [];
    this.#places.writeLocal(null);
    this.#set({
      text: EMPTY,
      saved: "none",
      other: null,
      problem: null,
      revision: this.#state.revision + 1,
    });
  }

  #writeLocal(text: Text): boolean {
    const isKept = isWorthKeeping(text) || this.#base !== null;
    return this.#places.writeLocal(
      isKept ? { text, base: this.#base, isDirty: this.#isDirty, at: this.#editedAt } : null,
    );
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  /** Saves now what is not saved yet: on leaving the field, the thread and before sending. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#saving) await this.#saving;
    if (!this.#isDirty || this.#state.other) return;
    this.#saving = this.#save();
    try {
      await this.#saving;
    } finally {
      this.#saving = null;
    }
    if (this.#state.text !== this.#lastTried) this.#schedule(SAVE_AFTER_MS);
  }

  async #save(): Promise<void> {
    const { text } = this.#state;
    this.#lastTried = text;
    const isKept = isWorthKeeping(text);
    if (!isKept && this.#base === null) {
      this.#isDirty = false;
      this.#places.writeLocal(null);
      this.#set({ saved: "none" });
      return;
    }
    this.#set({ saved: "saving" });
    try {
      const server = await this.#places.put({
        html: isKept ? text.html : "",
        cc: isKept ? peopleToSend(text.cc) : [],
        bcc: isKept ? peopleToSend(text.bcc) : [],
        ...(text.files === this.#savedFiles
          ? {}
          : { attachments: isKept ? filesToSend(text.files) : [] }),
        ai_draft_generated_at: text.draftAt,
        expected_updated_at: this.#base,
      });
      this.#base = server?.updated_at ?? null;
      this.#savedFiles = text.files;
      if (this.#state.text !== text) return;
      this.#isDirty = false;
      this.#places.writeLocal(null);
      this.#set({ saved: server ? "saved" : "none" });
    } catch (error) {
      this.#set({ saved: "kept" });
      // The rest is saved without the files that are gone, which say so to their writer.
      const files = markGone(error, text.files);
      if (files && this.#state.text.files === text.files) this.change({ files });
      else if (error instanceof ApiError && error.status === 412) await this.#ask();
      else if (error instanceof ApiError && error.isTransient) this.#schedule(RETRY_AFTER_MS);
    }
  }

  /** Somebody, who is oneself elsewhere, wrote first. */
  async #ask(): Promise<void> {
    const server = await this.#places.get().catch(() => undefined);
    if (server === undefined) return;
    this.#base = server?.updated_at ?? null;
    if (server) this.#set({ other: { text: server.text, at: server.updated_at } });
    else this.#schedule(0);
  }
}
