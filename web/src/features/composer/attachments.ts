/** A file that goes with a mail, as the server takes and keeps it. */
export interface Attached {
  Name: string;
  ContentType: string;
  /** The bytes, as base64. */
  Content: string;
  /** By which a picture within the text names it. */
  ContentID?: string | null;
}

const MAX_FILES = 20;
// Of a whole request, of which the words and what is around the files take a part.
const MAX_BODY = 1_000_000;
const AROUND = 4_000;

export const bytesOf = (file: Attached): number =>
  Math.floor((file.Content.length * 3) / 4) - (/=*$/.exec(file.Content)?.[0].length ?? 0);

/** How many bytes of files still go with these words and files. */
export function roomFor(files: readonly Attached[], html: string): number {
  const taken = files.reduce((sum, file) => sum + file.Content.length + 400, 0);
  const words = new TextEncoder().encode(JSON.stringify(html)).length;
  return Math.max(0, Math.floor(((MAX_BODY - AROUND - words - taken) * 3) / 4) - 300);
}

export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Why files cannot be added, in words; null where they can. */
export function whyNot(
  more: readonly { name: string; size: number }[],
  files: readonly Attached[],
  html: string,
): string | null {
  if (files.length + more.length > MAX_FILES) {
    return `A mail takes at most ${MAX_FILES} files, and this would be ${files.length + more.length}.`;
  }
  const folder = more.find((file) => file.size === 0);
  if (folder) return `“${folder.name}” is empty, or a folder.`;
  const size = more.reduce((sum, file) => sum + file.size, 0);
  const room = roomFor(files, html);
  if (size <= room) return null;
  const [only] = more;
  const what = more.length === 1 && only ? `“${only.name}” has` : "These files have";
  return `${what} ${sizeOf(size)}, and ${sizeOf(room)} still go with this mail. Share a link instead.`;
}

/** A name that the server takes: one line, without a folder. */
export function cleanName(name: string): string {
  // eslint-disable-next-line no-control-regex
  const clean = name.replace(/[\u0000-\u001f\u007f/\\]/g, "_").trim();
  return (clean === "" ? "file" : clean).slice(0, 255);
}

const MEDIA_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(;[ -~]{1,200})?$/;

export async function readFile(file: File, contentId?: string): Promise<Attached> {
  const content = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ""));
    reader.onerror = () => reject(new Error(`“${file.name}” could not be read.`));
    reader.readAsDataURL(file);
  });
  return {
    Name: cleanName(file.name),
    ContentType: MEDIA_TYPE.test(file.type) ? file.type : "application/octet-stream",
    Content: content,
    ...(contentId === undefined ? {} : { ContentID: contentId }),
  };
}

/** A picture of the files as an address for the page. Only what browsers draw without scripts. */
export function pictureOf(file: Attached): string | null {
  return /^image\/(png|jpeg|gif|webp|avif)$/i.test(file.ContentType)
    ? `data:${file.ContentType};base64,${file.Content}`
    : null;
}

/** Without the pictures of the text that were deleted from it. */
export function withoutUnused(files: readonly Attached[], html: string): Attached[] {
  return files.filter((file) => !file.ContentID || html.includes(`cid:${file.ContentID}`));
}
