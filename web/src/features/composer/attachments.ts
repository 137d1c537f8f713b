import { sizeInWords } from "@/lib/sizes";
import { ApiError } from "@/api/errors";
import { addressOfFile } from "@/api/outgoing-files";

/** A file that goes with a mail, as the server takes and keeps it. */
export interface Attached {
  Name: string;
  ContentType: string;
  /** Which uploaded file it is. */
  file_id?: string;
  /** The bytes of an uploaded file. */
  ContentLength?: number;
  /** The bytes, as base64: of texts from before files were uploaded one by one. */
  Content?: string;
  /** By which a picture within the text names it. */
  ContentID?: string | null;
  /** The server has it no longer. */
  isGone?: boolean;
}

/** What is to be attached, or is on its way. */
interface Sized {
  name: string;
  size: number;
}

const MAX_FILES = 20;
const MAX_SIZE = 25_000_000;

export const bytesOf = ({ Content, ContentLength = 0 }: Attached): number =>
  Content === undefined
    ? ContentLength
    : Math.floor((Content.length * 3) / 4) - (/=*$/.exec(Content)?.[0].length ?? 0);

const sum = (sizes: readonly number[]): number => sizes.reduce((all, one) => all + one, 0);

/** Why files cannot be added, in words; null where they can. */
export function whyNot(
  more: readonly Sized[],
  files: readonly Attached[],
  uploads: readonly Sized[] = [],
): string | null {
  const count = files.length + uploads.length + more.length;
  if (count > MAX_FILES) {
    return `A mail takes at most ${MAX_FILES} files, and this would be ${count}.`;
  }
  const folder = more.find((file) => file.size === 0);
  if (folder) return `“${folder.name}” is empty, or a folder.`;
  const size = sum(more.map((file) => file.size));
  const taken = sum(files.map(bytesOf)) + sum(uploads.map((file) => file.size));
  if (size + taken <= MAX_SIZE) return null;
  const [only] = more;
  const what = more.length === 1 && only ? `“${only.name}” has` : "These files have";
  const others = taken > 0 ? `, ${sizeInWords(taken)} are attached` : "";
  return `${what} ${sizeInWords(size)}${others}, and a mail takes ${sizeInWords(MAX_SIZE)} in all. Share a link instead.`;
}

/** A name that the server takes: one line, without a folder. */
export function cleanName(name: string): string {
  // eslint-disable-next-line no-control-regex
  const clean = name.replace(/[\u0000-\u001f\u007f/\\]/g, "_").trim();
  return (clean === "" ? "file" : clean).slice(0, 255);
}

/** Whether browsers draw it, without scripts. */
export const isPicture = (type: string): boolean => /^image\/(png|jpeg|gif|webp|avif)$/i.test(type);

/** A picture of the files as an address for the page. */
export function pictureOf(file: Attached): string | null {
  if (!isPicture(file.ContentType) || file.isGone) return null;
  if (file.file_id !== undefined) return addressOfFile(file.file_id);
  return file.Content === undefined ? null : `data:${file.ContentType};base64,${file.Content}`;
}

/** Without the pictures of the text that were deleted from it. */
export function withoutUnused(files: readonly Attached[], html: string): Attached[] {
  return files.filter((file) => !file.ContentID || html.includes(`cid:${file.ContentID}`));
}

/** Whether the text shows a picture whose bytes are not among the files. */
export function lacksPicture(files: readonly Attached[], html: string): boolean {
  const there = new Set(files.filter((file) => !file.isGone).map((file) => file.ContentID));
  return [...html.matchAll(/<img[^>]+src="cid:([^"]+)"/g)].some(([, cid]) => !there.has(cid));
}

/** The files, with those marked of which the server says that it has them no longer; else null. */
export function markGone(error: unknown, files: readonly Attached[]): Attached[] | null {
  if (!(error instanceof ApiError) || error.status !== 400) return null;
  const sent = files.filter((file) => !file.isGone);
  const gone = new Set(
    error.issues.flatMap((issue) => {
      const at = /^attachments\.(\d+)\.file_id: there is no such/.exec(issue)?.[1];
      return at === undefined ? [] : [sent[Number(at)]];
    }),
  );
  if (gone.size === 0) return null;
  return files.map((file) => (gone.has(file) ? { ...file, isGone: true } : file));
}
