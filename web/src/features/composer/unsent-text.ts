import type { UnsentPut } from "@/api/unsent";
import type { Attached } from "./attachments";
import type { Person } from "./people";

/** All that somebody writes in one mode about one thread. */
export interface Text {
  html: string;
  cc: readonly Person[];
  bcc: readonly Person[];
  files: readonly Attached[];
  /** When the AI's draft was made that it began with. */
  draftAt: string | null;
  /** That draft, as the editor first showed it. */
  draftHtml: string | null;
  /** Whether it is no longer what the draft said. */
  isEdited: boolean;
}

export const EMPTY: Text = {
  html: "",
  cc: [],
  bcc: [],
  files: [],
  draftAt: null,
  draftHtml: null,
  isEdited: false,
};

/** kept: not on the server, but here. lost: not even this browser takes it. */
export type Saved = "none" | "saving" | "saved" | "kept" | "lost";

export interface KeeperState {
  text: Text;
  isLoaded: boolean;
  saved: Saved;
  /** What another tab, or device, wrote meanwhile. */
  other: { text: Text; at: string } | null;
  /** Why it could not be sent. */
  problem: string | null;
  /** Goes up where the text comes from elsewhere than the field, which then shows it anew. */
  revision: number;
  /** The draft that is the text just gave way to a newer one. */
  isSwapped: boolean;
}

export interface Places {
  readLocal: () => LocalCopy | null;
  /** False where the browser keeps nothing. */
  writeLocal: (copy: LocalCopy | null) => boolean;
  get: () => Promise<ServerText | null>;
  put: (put: Omit<UnsentPut, "mode">) => Promise<ServerText | null>;
}

/** What this browser keeps of a text until the server has it. */
export interface LocalCopy {
  text: Text;
  /** The server's time of what it builds on. */
  base: string | null;
  isDirty: boolean;
  at: number;
}

export interface ServerText {
  text: Text;
  updated_at: string;
  problem: string | null;
}
