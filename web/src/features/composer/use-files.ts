import { useEffect, useState, useSyncExternalStore } from "react";
import { deleteOutgoingFile, uploadFile } from "@/api/outgoing-files";
import { useMe } from "@/api/session";
import { announce } from "@/ui/LiveRegion";
import { type Attached, isPicture, lacksPicture, pictureOf, whyNot } from "./attachments";
import { withoutPicture } from "./html";
import type { UnsentKeeper } from "./unsent-keeper";
import { type Upload, Uploads } from "./uploads";

const all = new Map<string, Uploads>();

function uploadsOf(memberId: string, threadId: string): Uploads {
  const name = `${memberId}.${threadId}`;
  const found = all.get(name) ?? new Uploads(uploadFile);
  all.set(name, found);
  return found;
}

/** Takes files into the mail, or says why not. */
export function useFiles(threadId: string, keeper: UnsentKeeper, isLoaded: boolean) {
  const me = useMe();
  const [uploads] = useState(() => uploadsOf(me.id, threadId));
  const under = useSyncExternalStore(uploads.subscribe, uploads.get);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isPressed, setPressed] = useState(false);
  const state = useSyncExternalStore(keeper.subscribe, keeper.get);
  const hindrance = isPressed ? hindranceOf(under, state.text) : null;
  if (isPressed && hindrance === null) setPressed(false);

  useEffect(() => {
    // A text that is not read yet would take the files for all that there is.
    if (!isLoaded) return undefined;
    return uploads.connect((files) => {
      keeper.change({ files: [...keeper.get().text.files, ...files] });
      announce(files.length === 1 ? "File attached" : `${files.length} files attached`);
    });
  }, [uploads, keeper, isLoaded]);

  const addFiles = (files: File[], isInline: boolean): { cid: string; name: string }[] => {
    const not = whyNot(files, keeper.get().text.files, uploads.get());
    setRefusal(not);
    if (not !== null) return [];
    return files.flatMap((file) => {
      const cid = isInline && isPicture(file.type) ? crypto.randomUUID() : null;
      uploads.add(file, cid);
      return cid === null ? [] : [{ cid, name: file.name }];
    });
  };
  return {
    problem: refusal ?? hindrance,
    addFiles,
    list: {
      uploads: under,
      onRetry: (upload: Upload) => uploads.retry(upload.id),
      onCancel: (upload: Upload) => {
        uploads.remove(upload.id);
        const { html } = keeper.get().text;
        const without = upload.contentId === null ? html : withoutPicture(html, upload.contentId);
        if (without !== html) keeper.replace({ html: without }, { isTyped: true });
      },
      onRemove: (file: Attached) => {
        keeper.change({ files: keeper.get().text.files.filter((one) => one !== file) });
        void discard(keeper, file);
      },
    },
    findPicture: (cid: string): string | null => {
      const file = keeper.get().text.files.find((one) => one.ContentID === cid);
      return uploads.pictureOf(cid) ?? (file ? pictureOf(file) : null);
    },
    /** Whether it cannot be sent with these files; then it says why. */
    isHindered: (): boolean => {
      const why = hindranceOf(uploads.get(), keeper.get().text);
      setRefusal(null);
      setPressed(why !== null);
      if (why !== null) announce(why);
      return why !== null;
    },
    sent: () => uploads.forgetPictures(),
  };
}

/** Removes the bytes as well, once no text on the server names them; else they go after a day. */
async function discard(keeper: UnsentKeeper, { file_id }: Attached): Promise<void> {
  if (file_id === undefined || keeper.get().other) return;
  await keeper.flush();
  if (keeper.get().text.files.some((one) => one.file_id === file_id)) return;
  await deleteOutgoingFile(file_id).catch(() => undefined);
}

function hindranceOf(
  uploads: readonly Upload[],
  { files, html }: { files: readonly Attached[]; html: string },
): string | null {
  const failed = uploads.find((one) => one.problem !== null);
  if (failed) return `“${failed.name}” is not attached: try again, or remove it.`;
  if (uploads.length > 0) return "Files are still on their way. Send once they are attached.";
  const gone = files.find((file) => file.isGone);
  if (gone) return `“${gone.Name}” is no longer there: attach it again, or remove it.`;
  if (lacksPicture(files, html))
    return "A picture in the text is not there: paste it again, or remove it.";
  return null;
}
