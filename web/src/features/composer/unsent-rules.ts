import type { Attached } from "./attachments";
import { isBlank } from "./html";
import type { Person } from "./people";
import type { LocalCopy, ServerText, Text } from "./unsent-text";

/** Whether anything of it would be missed. A draft that nobody touched is on the server anyway. */
export function isWorthKeeping(text: Text): boolean {
  const isUntouchedDraft = text.draftAt !== null && !text.isEdited;
  return (
    (!isBlank(text.html) && !isUntouchedDraft) ||
    text.cc.length + text.bcc.length + text.files.length > 0
  );
}

interface Decision {
  use: "mine" | "server";
  /** Both were written, by the same person at two places: the other one is shown as well. */
  other: boolean;
  base: string | null;
}

/** Which of two texts counts: the newer one, and where both are news the other is told of. */
export function decideText(mine: LocalCopy | null, server: ServerText | null): Decision {
  const base = server?.updated_at ?? null;
  if (!mine?.isDirty) return { use: "server", other: false, base };
  if (!server || server.updated_at === mine.base || server.text.html === mine.text.html) {
    return { use: "mine", other: false, base };
  }
  const isMineNewer = mine.at >= Date.parse(server.updated_at);
  const other = isWorthKeeping(isMineNewer ? server.text : mine.text);
  return { use: isMineNewer ? "mine" : "server", other, base };
}

const people = (raw: unknown): Person[] =>
  (Array.isArray(raw) ? raw : []).flatMap((one: unknown) => {
    const said = (one ?? {}) as Partial<Person>;
    return typeof said.email === "string"
      ? [{ email: said.email, name: typeof said.name === "string" ? said.name : "" }]
      : [];
  });

const bytesIn = ({
  file_id,
  ContentLength,
  Content,
  isGone,
}: Partial<Attached>): Partial<Attached> | null => {
  if (typeof file_id === "string") {
    const size = Number(ContentLength);
    return {
      file_id,
      ContentLength: Number.isFinite(size) ? size : 0,
      ...(isGone === true && { isGone }),
    };
  }
  return typeof Content === "string" ? { Content } : null;
};

const files = (raw: unknown): Attached[] =>
  (Array.isArray(raw) ? raw : []).flatMap((one: unknown) => {
    const said = (one ?? {}) as Partial<Attached>;
    if (typeof said.Name !== "string") return [];
    const ContentType =
      typeof said.ContentType === "string" ? said.ContentType : "application/octet-stream";
    const bytes = bytesIn(said);
    if (bytes === null) return [];
    const file: Attached = { Name: said.Name, ContentType, ...bytes };
    return [
      typeof said.ContentID === "string" && said.ContentID !== ""
        ? { ...file, ContentID: said.ContentID }
        : file,
    ];
  });

/** Reads what the server, or this browser, kept: whatever it is, it becomes a text. */
export function readText(raw: Readonly<Record<string, unknown>>): Text {
  const word = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const draftAt = word(raw["draftAt"] ?? raw["ai_draft_generated_at"]);
  return {
    html: word(raw["html"]) ?? "",
    cc: people(raw["cc"]),
    bcc: people(raw["bcc"]),
    files: files(raw["files"] ?? raw["attachments"]),
    draftAt,
    draftHtml: word(raw["draftHtml"]),
    // Only what was changed is ever kept.
    isEdited: draftAt !== null,
  };
}

/** Reads the copy of this browser, which anybody with the browser may have written. */
export function readCopy(stored: string | null): LocalCopy | null {
  try {
    const said = JSON.parse(stored ?? "null") as Record<string, unknown> | null;
    if (typeof said?.["text"] !== "object" || said["text"] === null) return null;
    return {
      text: readText(said["text"] as Record<string, unknown>),
      base: typeof said["base"] === "string" ? said["base"] : null,
      isDirty: said["isDirty"] === true,
      at: typeof said["at"] === "number" ? said["at"] : 0,
    };
  } catch {
    return null;
  }
}
