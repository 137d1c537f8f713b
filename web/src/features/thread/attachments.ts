/** A file of a message, as far as it says what it is. */
export interface MessageFile {
  id: string;
  name: string;
  type: string;
  size: number | null;
  contentId: string | null;
}

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

/** Reads what channels tell of files, each in its own way; what has no id cannot be opened. */
export function filesOf(attachments: readonly unknown[]): MessageFile[] {
  return attachments.flatMap((one) => {
    const said = (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;
    const id = text(said["id"]);
    if (id === null) return [];
    const size = Number(said["ContentLength"]);
    return [
      {
        id,
        name: text(said["Name"]) ?? "File",
        type: (text(said["ContentType"]) ?? "").split(";")[0]?.trim() ?? "",
        size: Number.isFinite(size) && size > 0 ? size : null,
        contentId: text(said["ContentID"]),
      },
    ];
  });
}

/** Whether a file is shown within the message already. */
export const isInline = (file: MessageFile, html: string): boolean =>
  file.contentId !== null && html.includes(`cid:${file.contentId}`);

/** "PDF", "PNG", "XLSX": of the name, or else of the type. */
export function kindOf(file: MessageFile): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(file.name)?.[1] ?? file.type.split("/")[1];
  return (ending ?? "file").slice(0, 8).toUpperCase();
}
